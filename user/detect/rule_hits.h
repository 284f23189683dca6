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
    void clear();
    // Where the next search appends what it found; call improved() after it.
    std::vector<RuleId>& ids() { return ids_; }
    // True when the searches since the last call found a lower rule than all before them: what was
    // searched then is the evidence of a match that is named by lowest().
    bool improved();

    bool empty() const { return ids_.empty(); }
    RuleId lowest() const { return ids_.front(); }
    uint32_t distinct() const { return static_cast<uint32_t>(ids_.size()); }

  private:
    std::vector<RuleId> ids_;  // up to judged_: ascending, each once
    size_t judged_ = 0;
};

// A match that lowest() names, without evidence. `hits` is not empty.
Match make_match(Family family, const PacketView& view, const Packet& packet, size_t ip_index,
                 const RuleHits& hits);

// The payload's first bytes, as Match::excerpt carries them.
std::string excerpt_of(std::span<const uint8_t> payload);

}  // namespace peek
