// SPDX-License-Identifier: BSD-2-Clause
#include "rules/byte_table.h"

#include <xxhash.h>

#include <bit>

#include "rules/hash_seed.h"

namespace peek {

namespace {

constexpr size_t kMinSlots = 16;

uint64_t hash_of(std::string_view key) {
    return XXH3_64bits_withSeed(key.data(), key.size(), hash_seed());
}

uint32_t tag_of(uint64_t hash) {
    return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

void ByteTable::reserve(size_t keys, size_t bytes) {
    bytes_.reserve(bytes);
    ends_.reserve(keys);
    rehash(std::bit_ceil(2 * keys));
}

uint32_t ByteTable::find(std::string_view key) const {
    if (slots_.empty()) return kAbsent;
    return slots_[locate(key, hash_of(key))].number;
}

bool ByteTable::insert(std::string_view key) {
    if (2 * (ends_.size() + 1) > slots_.size()) rehash(2 * slots_.size());
    const uint64_t hash = hash_of(key);
    Slot& slot = slots_[locate(key, hash)];
    if (slot.number != kAbsent) return false;
    slot = {tag_of(hash), size()};
    bytes_.append(key);
    ends_.push_back(static_cast<uint32_t>(bytes_.size()));
    return true;
}

std::string_view ByteTable::key(uint32_t number) const {
    const uint32_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(begin, ends_[number] - begin);
}

uint64_t ByteTable::memory_bytes() const {
    return slots_.size() * sizeof(Slot) + bytes_.size() + ends_.size() * sizeof(uint32_t);
}

size_t ByteTable::locate(std::string_view wanted, uint64_t hash) const {
    const size_t mask = slots_.size() - 1;
    const uint32_t tag = tag_of(hash);
    size_t i = hash & mask;
    for (; slots_[i].number != kAbsent; i = (i + 1) & mask) {
        if (slots_[i].tag == tag && key(slots_[i].number) == wanted) break;
    }
    return i;
}

void ByteTable::rehash(size_t slots) {
    if (slots < kMinSlots) slots = kMinSlots;
    if (slots <= slots_.size()) return;
    slots_.assign(slots, Slot{});
    for (uint32_t number = 0; number < size(); ++number) {
        const uint64_t hash = hash_of(key(number));
        slots_[locate(key(number), hash)] = {tag_of(hash), number};
    }
}

}  // namespace peek
