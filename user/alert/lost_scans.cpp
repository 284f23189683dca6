// SPDX-License-Identifier: BSD-2-Clause
#include "alert/lost_scans.h"

#include <algorithm>
#include <utility>

namespace peek {

void LostScans::began(const Pair& pair) {
    const auto waited = waiting_.extract(pair);
    open_[pair] = waited ? waited.mapped().probes : 0;
}

uint64_t LostScans::ended(const Pair& pair) {
    const auto open = open_.extract(pair);
    return open ? open.mapped() : 0;
}

void LostScans::lost(const Scan& scan) {
    if (const auto open = open_.find(scan.pair); open != open_.end()) {
        open->second += scan.probes;
        return;
    }
    const auto known = waiting_.find(scan.pair);
    if (known != waiting_.end()) {
        known->second.probes += scan.probes;
        known->second.last = std::max(known->second.last, scan.last);
    } else if (waiting_.size() < kMaxWaiting) {
        waiting_.emplace(scan.pair, scan);
    } else {
        beyond_.push_back(scan);
    }
}

std::vector<LostScans::Scan> LostScans::overdue(Timestamp now, Nanoseconds window) {
    std::vector<Scan> scans = std::exchange(beyond_, {});
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        const bool due = now - each->second.last > window;
        if (due) scans.push_back(each->second);
        each = due ? waiting_.erase(each) : std::next(each);
    }
    return scans;
}

}  // namespace peek
