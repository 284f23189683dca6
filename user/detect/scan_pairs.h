// SPDX-License-Identifier: BSD-2-Clause
// ScanPairs: the (source, destination) pairs that probes were seen of, bounded. When there is no
// room, the pair that was used longest ago makes place, one with a running scan only if there is no
// other. Once full it allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "detect/match.h"
#include "detect/scan_slots.h"

namespace peek {

// Both addresses as IpAddress::bytes16(): an IPv4-mapped address is the same host as the IPv4 one.
struct PairKey {
    std::array<uint8_t, 16> src;
    std::array<uint8_t, 16> dst;
    uint8_t hidden;  // 1: of ScanProbe::hidden
    bool operator==(const PairKey&) const = default;
};
PairKey pair_key(const IpAddress& src, const IpAddress& dst, bool hidden);

// Orders scans by when they end if nothing more arrives; arrival numbers are never used twice.
struct ScanDeadline {
    Timestamp time{};      // packet time beyond which the scan is over
    uint64_t arrival = 0;  // of its latest probe to arrive
    bool operator<(const ScanDeadline& other) const {
        return std::tie(time, arrival) < std::tie(other.time, other.arrival);
    }
};

struct OpenScan {
    ScanExtent extent;
    ScanRule rule;       // that it exceeded
    PacketFacts packet;  // the latest probe in packet time, of equal ones the later to arrive,
                         // among those from the crossing one on
    ScanDeadline deadline;
};

struct ScanPair {
    PairKey key;
    ScanRule rule;  // of the probe that arrived last
    ScanSlots slots;
    std::unique_ptr<OpenScan> scan;  // null: none is running
    bool spared = false;             // ScanPairs' own
};

class ScanPairs {
  public:
    // `seed` keeps senders from aiming at buckets.
    ScanPairs(size_t max_pairs, uint64_t seed);

    // The pair, now the last used one, or null. Pairs stay where they are until they are replaced.
    ScanPair* find(const PairKey& key);
    bool full() const { return index_.size() == max_pairs_; }
    // The pair that add() replaces when the table is full.
    ScanPair& oldest() { return next_to_go().back(); }
    // Whether other pairs are to go before this one.
    void spare(ScanPair& pair, bool spared);
    // A new pair without history; `key` is not in the table.
    ScanPair& add(const PairKey& key);

  private:
    struct Hash {
        uint64_t seed;
        size_t operator()(const PairKey& key) const;
    };

    std::list<ScanPair>& list_of(const ScanPair& pair) { return pair.spared ? spared_ : used_; }
    std::list<ScanPair>& next_to_go() { return used_.empty() ? spared_ : used_; }

    size_t max_pairs_;
    std::list<ScanPair> used_;    // last used first
    std::list<ScanPair> spared_;  // the same
    std::unordered_map<PairKey, std::list<ScanPair>::iterator, Hash> index_;
};

}  // namespace peek
