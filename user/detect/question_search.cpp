// SPDX-License-Identifier: BSD-2-Clause
#include "detect/question_search.h"

namespace peek {

void QuestionSearch::begin(const RuleSets& rules, InspectionCounts& counts, Sightings& sightings) {
    rules_ = rules.domain.get();
    counts_ = &counts;
    sightings_ = &sightings;
    hits_.clear();
    improved_ = false;
}

void QuestionSearch::search(std::span<const uint8_t> message, uint32_t place, bool counted) {
    DnsQuery query(message);
    DnsQuestion question;
    while (query.next(question)) {
        found_.clear();
        rules_->collect(question.wire_name(), found_);
        for (const RuleId rule : found_)
            if (sightings_->is_new(Family::kDomain, rule, place, place)) hits_.ids().push_back(rule);
        if (!hits_.improved()) continue;
        best_ = question;
        improved_ = true;
    }
    if (counted) counts_->dns.count(query.event());
}

std::optional<Match> QuestionSearch::finish(const PacketView& view, const Packet& packet,
                                            size_t ip_index) {
    if (hits_.empty()) return std::nullopt;
    Match match = make_match(Family::kDomain, view, packet, ip_index, hits_);
    match.evidence = DnsFacts{dns_name_text(best_.wire_name()), best_.type};
    return match;
}

}  // namespace peek
