// SPDX-License-Identifier: BSD-2-Clause
#include "detect/scan_pairs.h"

#include <xxhash.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace peek {

static_assert(std::has_unique_object_representations_v<PairKey>, "hashed as bytes");

PairKey pair_key(const IpAddress& src, const IpAddress& dst, bool hidden) {
    PairKey key{};
    key.hidden = hidden ? 1 : 0;
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
    std::list<ScanPair>& list = list_of(*found->second);
    list.splice(list.begin(), list, found->second);
    return &list.front();
}

void ScanPairs::spare(ScanPair& pair, bool spared) {
    if (pair.spared == spared) return;
    std::list<ScanPair>& from = list_of(pair);
    pair.spared = spared;
    std::list<ScanPair>& to = list_of(pair);
    to.splice(to.begin(), from, index_.find(pair.key)->second);
}

// The replaced pair's nodes and slots are used again: a flood of forged sources, which replaces a
// pair a packet, must not also allocate for each.
ScanPair& ScanPairs::add(const PairKey& key) {
    if (!full()) {
        used_.push_front({key, {}, {}, nullptr, false});
        index_.emplace(key, used_.begin());
        return used_.front();
    }
    std::list<ScanPair>& from = next_to_go();
    auto node = index_.extract(from.back().key);
    used_.splice(used_.begin(), from, std::prev(from.end()));
    ScanPair& pair = used_.front();
    pair.spared = false;
    pair.key = key;
    pair.slots.clear();
    pair.scan.reset();
    node.key() = key;
    index_.insert(std::move(node));
    return pair;
}

}  // namespace peek
