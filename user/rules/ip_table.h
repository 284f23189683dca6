// SPDX-License-Identifier: BSD-2-Clause
// IpTable: addresses and networks of one IP version. Prefixes stand in one sorted array a prefix
// length; a lookup is one binary search a length that occurs, if a Bloom filter over all of them
// says that it may find something. Immutable once sealed.
#pragma once

#include <endian.h>
#include <peek/abi.h>

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "rules/rule_set.h"

namespace peek {

// What the table needs to know of a version: Key is an address as the kernel's exact map holds it
// (network byte order), Bits the same as an ordered integer value, KernelNet the trie's key.
struct Ipv4 {
    using Key = uint32_t;
    using Bits = uint32_t;
    using KernelNet = peek_v4_net;
    static constexpr unsigned kWidth = 32;

    static Bits mask(Bits bits, unsigned length) {
        return length == 0 ? 0 : bits & (UINT32_MAX << (32 - length));
    }
    static Bits to_bits(Key key) { return be32toh(key); }
    static Key to_key(Bits bits) { return htobe32(bits); }
    static uint64_t mix(Bits bits) { return bits; }
    static uint8_t byte(Bits bits, unsigned i) {  // i = 0: the least significant
        return static_cast<uint8_t>(bits >> 8 * i);
    }
};

struct Ipv6 {
    using Key = std::array<uint8_t, 16>;
    struct Bits {
        uint64_t high = 0;
        uint64_t low = 0;
        auto operator<=>(const Bits&) const = default;
    };
    using KernelNet = peek_v6_net;
    static constexpr unsigned kWidth = 128;

    static Bits mask(Bits bits, unsigned length) {
        if (length == 0) return {};
        if (length <= 64) return {bits.high & (UINT64_MAX << (64 - length)), 0};
        return {bits.high, bits.low & (UINT64_MAX << (128 - length))};
    }
    static Bits to_bits(const Key& key) {
        Bits bits;
        std::memcpy(&bits.high, key.data(), 8);
        std::memcpy(&bits.low, key.data() + 8, 8);
        return {be64toh(bits.high), be64toh(bits.low)};
    }
    static uint64_t mix(Bits bits) { return bits.high ^ (bits.low << 21 | bits.low >> 43); }
    static uint8_t byte(Bits bits, unsigned i) {
        return static_cast<uint8_t>((i < 8 ? bits.low : bits.high) >> 8 * (i % 8));
    }
    static Key to_key(Bits bits) {
        bits = {htobe64(bits.high), htobe64(bits.low)};
        Key key;
        std::memcpy(key.data(), &bits.high, 8);
        std::memcpy(key.data() + 8, &bits.low, 8);
        return key;
    }
};

template <typename Version>
class IpTable {
  public:
    using Key = typename Version::Key;
    using Bits = typename Version::Bits;
    using KernelNet = typename Version::KernelNet;

    struct Entry {
        Bits prefix;  // host bits zero
        uint32_t length;
        RuleId id;
    };

    // Entries in the order of their ids. Of equal networks the first one stays; on_duplicate(id)
    // is told each other one.
    template <typename OnDuplicate>
    void seal(std::vector<Entry> entries, OnDuplicate on_duplicate);
    // After sealing: replaces each id by new_ids[id].
    void renumber(std::span<const RuleId> new_ids) {
        for (RuleId& id : ids_) id = new_ids[id];
    }

    // Calls visit(id) for the rules that cover either address, each once.
    template <typename Visit>
    void match(const std::optional<Bits>& src, const std::optional<Bits>& dst, Visit visit) const;

    std::span<const Key> exact() const {
        return std::span(keys_).first(keys_.size() - nets_.size());
    }
    std::span<const KernelNet> nets() const { return nets_; }
    bool empty() const { return keys_.empty(); }
    template <typename Visit>
    void for_each(Visit visit) const {  // visit(prefix, length)
        for (const Group& group : groups_) {
            for (uint32_t i = group.begin; i < group.end; ++i) {
                visit(Version::to_bits(keys_[i]), group.length);
            }
        }
    }
    uint64_t memory_bytes() const {
        return keys_.size() * sizeof(Key) + ids_.size() * sizeof(RuleId) +
               nets_.size() * sizeof(KernelNet) + filter_.size() * sizeof(uint64_t);
    }

  private:
    struct Group {  // keys_[begin … end) are the prefixes of this length, ascending
        uint32_t length;
        uint32_t begin;
        uint32_t end;
    };

    static void sort(std::vector<Entry>& entries);
    void append(const Entry& entry);
    void fill_filter();
    // Where in filter_ a prefix has its bit.
    size_t filter_bit(Bits prefix, uint32_t length) const {
        return (Version::mix(prefix) + length) * 0x9e3779b97f4a7c15U >> filter_shift_;
    }
    RuleId find(const Group& group, Bits address) const;

    std::vector<Key> keys_;
    std::vector<RuleId> ids_;    // of keys_
    std::vector<Group> groups_;  // longest prefix first: exact addresses lead
    std::vector<KernelNet> nets_;
    std::vector<uint64_t> filter_;
    unsigned filter_shift_ = 0;
};

template <typename Version>
template <typename OnDuplicate>
void IpTable<Version>::seal(std::vector<Entry> entries, OnDuplicate on_duplicate) {
    sort(entries);
    keys_.reserve(entries.size());
    ids_.reserve(entries.size());
    const Entry* last = nullptr;
    for (const Entry& entry : entries) {
        if (last != nullptr && last->length == entry.length && last->prefix == entry.prefix) {
            on_duplicate(entry.id);
        } else {
            append(entry);
        }
        last = &entry;
    }
    fill_filter();
}

// One stable pass of a radix sort, in the order of byte_of(entry).
template <typename Entry, typename ByteOf>
void sort_by_byte(std::vector<Entry>& entries, std::vector<Entry>& spare, ByteOf byte_of) {
    std::array<uint32_t, 256> next{};
    for (const Entry& entry : entries) ++next[byte_of(entry)];
    if (next[byte_of(entries.front())] == entries.size()) return;  // all have the same
    std::exclusive_scan(next.begin(), next.end(), next.begin(), uint32_t{0});
    for (const Entry& entry : entries) spare[next[byte_of(entry)]++] = entry;
    entries.swap(spare);
}

// Longest prefixes first, each length ascending, equal ones as they came. By radix: comparing
// sorts mispredict nearly every other comparison of random addresses.
template <typename Version>
void IpTable<Version>::sort(std::vector<Entry>& entries) {
    if (entries.empty()) return;
    std::vector<Entry> spare(entries.size());
    for (unsigned i = 0; i < sizeof(Bits); ++i) {
        sort_by_byte(entries, spare, [i](const Entry& e) { return Version::byte(e.prefix, i); });
    }
    sort_by_byte(entries, spare,
                 [](const Entry& e) { return static_cast<uint8_t>(UINT8_MAX - e.length); });
}

// One bit in 16 is set, or one in 32.
template <typename Version>
void IpTable<Version>::fill_filter() {
    const size_t words = std::bit_ceil(keys_.size() / 4 + 2);
    filter_.assign(words, 0);
    filter_shift_ = static_cast<unsigned>(64 - std::countr_zero(64 * words));
    for_each([this](Bits prefix, unsigned length) {
        const size_t bit = filter_bit(prefix, length);
        filter_[bit / 64] |= uint64_t{1} << bit % 64;
    });
}

template <typename Version>
void IpTable<Version>::append(const Entry& entry) {
    const auto position = static_cast<uint32_t>(keys_.size());
    if (groups_.empty() || groups_.back().length != entry.length) {
        groups_.push_back({entry.length, position, position});
    }
    ++groups_.back().end;
    const Key key = Version::to_key(entry.prefix);
    keys_.push_back(key);
    ids_.push_back(entry.id);
    if (entry.length == Version::kWidth) return;
    KernelNet net{};
    net.prefix_len = entry.length;
    std::memcpy(net.addr_be, &key, sizeof net.addr_be);
    nets_.push_back(net);
}

template <typename Version>
template <typename Visit>
void IpTable<Version>::match(const std::optional<Bits>& src, const std::optional<Bits>& dst,
                             Visit visit) const {
    if (!src && !dst) return;
    for (const Group& group : groups_) {
        const RuleId by_src = src ? find(group, *src) : kNoRule;
        const RuleId by_dst = dst ? find(group, *dst) : kNoRule;
        if (by_src != kNoRule) visit(by_src);
        if (by_dst != kNoRule && by_dst != by_src) visit(by_dst);
    }
}

template <typename Version>
RuleId IpTable<Version>::find(const Group& group, Bits address) const {
    const Bits wanted = Version::mask(address, group.length);
    const size_t bit = filter_bit(wanted, group.length);
    if ((filter_[bit / 64] >> bit % 64 & 1) == 0) return kNoRule;
    const auto end = keys_.begin() + group.end;
    const auto found =
        std::lower_bound(keys_.begin() + group.begin, end, wanted,
                         [](const Key& key, Bits bits) { return Version::to_bits(key) < bits; });
    if (found == end || Version::to_bits(*found) != wanted) return kNoRule;
    return ids_[static_cast<size_t>(found - keys_.begin())];
}

}  // namespace peek
