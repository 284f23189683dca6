// SPDX-License-Identifier: BSD-2-Clause
#include "detect/scan_pairs.h"

#include <xxhash.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace peek {

static_assert(std::has_unique_object_representations_v<PairKey>, "hashed as bytes");

PairKey pair_key(const IpAddress& src, const IpAddress& dst) {
    PairKey key;
    std::copy_n(src.bytes16().begin(), key.src.size(), key.src.begin());
    std::copy_n(dst.bytes16().begin(), key.dst.size(), key.dst.begin());
    return key;
}

size_t ScanPairs::Hash::operator()(const PairKey& key) const {
    return XXH3_64bits_withSeed(&key, sizeof(key), seed);
}

ScanPairs::ScanPairs(size_t max_pairs, uint64_t seed)
    : max_pairs_(max_pairs), index_(0, Hash{seed}) {}

ScanPair* ScanPairs::find(const PairKey& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return &used_.front();
}

// The replaced pair's nodes and slots are used again: a flood of forged sources, which replaces a
// pair a packet, must not also allocate for each.
ScanPair& ScanPairs::add(const PairKey& key) {
    if (!full()) {
        used_.push_front({key, {}, {}, nullptr});
        index_.emplace(key, used_.begin());
        return used_.front();
    }
    auto node = index_.extract(used_.back().key);
    used_.splice(used_.begin(), used_, std::prev(used_.end()));
    ScanPair& pair = used_.front();
    pair.key = key;
    pair.slots.clear();
    pair.scan.reset();
    node.key() = key;
    index_.insert(std::move(node));
    return pair;
}

}  // namespace peek
