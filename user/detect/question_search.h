// SPDX-License-Identifier: BSD-2-Clause
// QuestionSearch: the domain rules that the questions of DNS queries match.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "decode/dns.h"
#include "detect/inspector.h"
#include "detect/rule_hits.h"
#include "detect/sightings.h"
#include "rules/domain_rules.h"

namespace peek {

class QuestionSearch {
  public:
    // A new packet. All must stay valid until finish().
    void begin(const RuleSets& rules, InspectionCounts& counts, Sightings& sightings);
    // `place`: sequence number of a message in a stream. `counted`: malformed ones are.
    void search(std::span<const uint8_t> message, uint32_t place, bool counted);
    // Whether the messages since begin() or the last call hold a rule that is lower than all
    // before: the match is theirs.
    bool improved() { return std::exchange(improved_, false); }
    // The packet's match, of IP layer `ip_index`, if there is one.
    std::optional<Match> finish(const PacketView& view, const Packet& packet, size_t ip_index);

  private:
    const DomainRules* rules_ = nullptr;
    InspectionCounts* counts_ = nullptr;
    Sightings* sightings_ = nullptr;
    RuleHits hits_;
    bool improved_ = false;
    DnsQuestion best_;  // the question that hits_.lowest() matched first
    std::vector<RuleId> found_;
};

}  // namespace peek
