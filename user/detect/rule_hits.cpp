// SPDX-License-Identifier: BSD-2-Clause
#include "detect/rule_hits.h"

#include <algorithm>

namespace peek {

void RuleHits::clear() {
    ids_.clear();
    judged_ = 0;
}

// Sorting at once rather than at the end: a request with thousands of Host lines finds the same
// rules in each, and the list must not grow by all of them.
bool RuleHits::improved() {
    if (ids_.size() == judged_) return false;
    const RuleId before = judged_ == 0 ? kNoRule : ids_.front();
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    judged_ = ids_.size();
    return ids_.front() < before;
}

Match make_match(Family family, const PacketView& view, const Packet& packet, size_t ip_index,
                 const RuleHits& hits) {
    Match match;
    match.family = family;
    match.packet = packet_facts(view, packet, ip_index);
    match.rule = hits.lowest();
    match.distinct_rules = hits.distinct();
    return match;
}

std::string excerpt_of(std::span<const uint8_t> payload) {
    const size_t size = std::min(payload.size(), Match::kExcerptBytes);
    return {payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace peek
