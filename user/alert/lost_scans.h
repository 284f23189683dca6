// SPDX-License-Identifier: BSD-2-Clause
// LostScans: port scans that the kernel decided while their probes found no room in a ring.
//
// The kernel keeps a scan's evidence until it can deliver it, so a start is late and not lost as
// long as probes go on. Only a scan of which nothing arrives within a window after its last lost
// probe is told from the loss alone, once, without evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "util/ip_address.h"
#include "util/time.h"

namespace peek {

class LostScans {
  public:
    struct Pair {
        IpAddress src;
        IpAddress dst;
        auto operator<=>(const Pair&) const = default;
    };
    struct Scan {
        Pair pair;
        uint64_t probes = 0;  // lost
        Timestamp last{};     // of them
        uint32_t interface = 0;
    };
    // Scans that may wait for their start; further ones are overdue at once.
    static constexpr size_t kMaxWaiting = 65'536;

    // A record told that the pair's scan began.
    void began(const Pair& pair);
    // A record told that it ended; returns the probes that were lost of it.
    uint64_t ended(const Pair& pair);
    // Probes of a pair that the kernel had found scanning.
    void lost(const Scan& scan);
    // Scans whose start did not come within `window`; each is returned once.
    std::vector<Scan> overdue(Timestamp now, Nanoseconds window);
    // All that wait still.
    std::vector<Scan> rest() { return overdue(Timestamp::max(), Nanoseconds::zero()); }

  private:
    std::map<Pair, Scan> waiting_;
    std::vector<Scan> beyond_;
    std::map<Pair, uint64_t> open_;  // probes lost
};

}  // namespace peek
