// SPDX-License-Identifier: BSD-2-Clause
#include "detect/stream_inspector.h"

#include <algorithm>

#include "detect/domain_detector.h"
#include "detect/signature_detector.h"
#include "rules/hash_seed.h"

namespace peek {
namespace {

constexpr uint8_t kFin = 0x01;
constexpr uint8_t kRst = 0x04;

bool looks_for(FamilyMask families, Family family) {
    return (families & family_bit(family)) != 0;
}

}  // namespace

TcpSegment segment_of(const PacketView& view, const Packet& packet, FamilyMask families,
                      const RuleSets& rules, bool stable) {
    const FlowKey flow = flow_key(view, packet);
    return {.flow = flow,
            .hash = flow.hash(hash_seed()),
            .seq = packet.tcp_seq,
            .bytes = packet.payload,
            .urgent = packet.tcp_urgent,
            .last = (packet.tcp_flags & (kFin | kRst)) != 0,
            .dns = looks_for(families, Family::kDomain) &&
                   on_dns_port(packet.src_port, packet.dst_port, rules),
            .stable = stable,
            .ordinal = view.ordinal,
            .time = view.time};
}

StreamInspector::StreamInspector() : streams_({}) {}

void StreamInspector::inspect(const Arrival& arrival, const RuleSets& rules,
                              InspectionCounts& counts, std::vector<Match>& matches) {
    wants_http_ = looks_for(arrival.families, Family::kUrl);
    signatures_ = looks_for(arrival.families, Family::kSignature) ? rules.signature.get() : nullptr;
    if (!arrival.segment.dns && !wants_http_ && signatures_ == nullptr) return;
    context_ = signatures_ != nullptr ? signatures_->context() : 0;
    counts_ = &counts;
    generation_ = rules.generation;
    hits_.clear();
    outer_.clear();
    for (auto& needs : needs_) needs.clear();
    if (wants_http_) urls_.begin(rules, counts, *this);
    if (arrival.segment.dns) questions_.begin(rules, counts, *this);

    const TcpStreams::Verdict verdict = streams_.add(arrival.segment, *this);
    if (arrival.alone != nullptr && signatures_ != nullptr)
        add_alone(arrival.packet, *arrival.alone, verdict.new_from);
    take_matches(arrival, matches);
}

void StreamInspector::take_matches(const Arrival& arrival, std::vector<Match>& matches) {
    const PacketView& view = arrival.view;
    const Packet& packet = arrival.packet;
    if (arrival.segment.dns)
        if (auto match = questions_.finish(view, packet, packet.ip_count - 1U))
            finish_match(std::move(*match), matches);
    if (wants_http_)
        if (auto match = urls_.finish(view, packet)) finish_match(std::move(*match), matches);
    if (hits_.empty()) return;
    hits_.improved();
    const bool outer = std::find(outer_.begin(), outer_.end(), hits_.lowest()) != outer_.end();
    const size_t layer = outer ? arrival.alone->ip_index : packet.ip_count - 1U;
    finish_match(signature_match(view, packet, layer, hits_), matches);
}

// What the payload itself contains, as far as it was not seen before, and what only the tunnel
// around it does.
void StreamInspector::add_alone(const Packet& packet, const PayloadHits& alone, size_t new_from) {
    found_.clear();
    signatures_->find(packet.payload, found_);
    if (found_.size() == StringRules::kMaxOccurrences) {
        // Not all could be told apart: better once too often than not at all.
        hits_.ids().insert(hits_.ids().end(), alone.ids.begin(), alone.ids.end());
        return;
    }
    if (!packet.outer_payloads().empty()) {
        for (const RuleId rule : alone.ids)
            if (std::none_of(found_.begin(), found_.end(),
                             [=](const auto& occurrence) { return occurrence.id == rule; }))
                outer_.push_back(rule);
        hits_.ids().insert(hits_.ids().end(), outer_.begin(), outer_.end());
    }
    // Old bytes may be what a rule begins in only if it was found across the border already.
    std::erase_if(found_, [&](const auto& occurrence) {
        return occurrence.end < new_from + signatures_->length(occurrence.id);
    });
    add_found(packet.tcp_seq);
}

void StreamInspector::on_boundary(std::span<const uint8_t> before, std::span<const uint8_t> after,
                                  uint32_t seq) {
    found_.clear();
    signatures_->find_across(before, after, scratch_, found_);
    if (found_.size() == StringRules::kMaxOccurrences)
        // As in add_alone().
        signatures_->collect_across(before, after, scratch_, hits_.ids());
    else
        add_found(seq);
}

void StreamInspector::add_found(uint32_t seq) {
    for (const auto& [rule, end] : found_) {
        const uint32_t place = seq + static_cast<uint32_t>(end);
        const uint32_t from = place - static_cast<uint32_t>(signatures_->length(rule));
        if (is_new(Family::kSignature, rule, place, from)) hits_.ids().push_back(rule);
    }
}

// A rule of another generation is another rule.
bool StreamInspector::is_new(Family family, RuleId rule, uint32_t place, uint32_t from) {
    const auto of = static_cast<unsigned>(family);
    if (!streams_.first_time(generation_ * kFamilyCount + of, rule, place)) return false;
    streams_.collect_needs(from, needs_.at(of));
    return true;
}

void StreamInspector::finish_match(Match match, std::vector<Match>& matches) {
    std::vector<uint64_t>& needs = needs_.at(static_cast<size_t>(match.family));
    std::sort(needs.begin(), needs.end());
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    match.reassembled = !needs.empty();
    match.needs = needs;
    matches.push_back(std::move(match));
}

void StreamInspector::finish(InspectionCounts& counts) {
    counts_ = &counts;
    streams_.finish(*this);
}

}  // namespace peek
