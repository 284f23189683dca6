// SPDX-License-Identifier: BSD-2-Clause
// RuleHits: the distinct rules that matched one packet, gathered from several searches (each IP
// header, each question, each request). Kept between packets, so that a clean packet allocates
// nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detect/match.h"

namespace peek {

class RuleHits {
  public:
    void clear() {
        ids_.clear();
        judged_ = compacted_ = 0;
        lowest_ = kNoRule;
    }
    // Where the next search appends what it found; call improved() after it.
    std::vector<RuleId>& ids() { return ids_; }
    // True when the searches since the last call found a lower rule than all before them: what was
    // searched then is the evidence of a match that is named by lowest().
    bool improved() { return ids_.size() != judged_ && judge_new(); }

    bool empty() const { return ids_.empty(); }
    RuleId lowest() const { return lowest_; }
    uint32_t distinct();

  private:
    bool judge_new();
    void compact();

    std::vector<RuleId> ids_;  // may repeat; at most about twice the distinct ones
    size_t judged_ = 0;        // ids_ that improved() has seen
    size_t compacted_ = 0;     // size after the last compact()
    RuleId lowest_ = kNoRule;
};

// A match that lowest() names, without evidence. `hits` is not empty.
Match make_match(Family family, const PacketView& view, const Packet& packet, size_t ip_index,
                 RuleHits& hits);

// The payload's first bytes, as Match::excerpt carries them.
std::string excerpt_of(std::span<const uint8_t> payload);

}  // namespace peek
