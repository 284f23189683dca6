// SPDX-License-Identifier: BSD-2-Clause
#include "detect/rule_hits.h"

#include <algorithm>

namespace peek {

void RuleHits::compact() {
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    compacted_ = ids_.size();
}

// Work per call in what is new: a message of thousands of questions must not sort all hits each
// time. Repeats are removed whenever the list has doubled, so that it stays bounded.
bool RuleHits::judge_new() {
    constexpr size_t kSlack = 64;
    const RuleId before = lowest_;
    for (size_t i = judged_; i < ids_.size(); i++) lowest_ = std::min(lowest_, ids_[i]);
    if (ids_.size() > 2 * compacted_ + kSlack) compact();
    judged_ = ids_.size();
    return lowest_ < before;
}

uint32_t RuleHits::distinct() {
    compact();
    judged_ = ids_.size();
    return static_cast<uint32_t>(ids_.size());
}

Match make_match(Family family, const PacketView& view, const Packet& packet, size_t ip_index,
                 RuleHits& hits) {
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
