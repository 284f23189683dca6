// SPDX-License-Identifier: BSD-2-Clause
#include "detect/port_set.h"

#include <algorithm>

namespace peek {

void PortSet::insert(uint16_t port) {
    const auto after =
        std::upper_bound(ranges_.begin(), ranges_.end(), port,
                         [](uint16_t p, const PortRange& range) { return p < range.first; });
    const bool has_before = after != ranges_.begin();
    const auto before = has_before ? after - 1 : after;
    if (has_before && port <= before->last) return;
    ++size_;
    const bool joins_before = has_before && before->last + 1 == port;
    const bool joins_after = after != ranges_.end() && port + 1 == after->first;
    if (joins_before && joins_after) {
        before->last = after->last;
        ranges_.erase(after);
    } else if (joins_before) {
        before->last = port;
    } else if (joins_after) {
        after->first = port;
    } else {
        ranges_.insert(after, {port, port});
    }
}

}  // namespace peek
