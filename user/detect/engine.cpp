// SPDX-License-Identifier: BSD-2-Clause
#include "detect/engine.h"

#include <algorithm>

#include "detect/domain_detector.h"
#include "detect/signature_detector.h"
#include "detect/url_detector.h"

namespace peek {

Engine::Engine(MatchSink& sink)
    : sink_(sink),
      domains_(make_domain_inspector()),
      urls_(make_url_inspector()),
      scans_(make_scan_detector()) {}

Engine::~Engine() = default;

void Engine::process(std::span<const PacketView> packets, const RuleSets& rules) {
    while (!packets.empty()) {
        block_.views = packets.first(std::min(packets.size(), Block::kPackets));
        packets = packets.subspan(block_.views.size());
        inspector_.inspect(block_, rules);
        commit(block_, rules);
    }
}

void Engine::commit(const Block& block, const RuleSets& rules) {
    found_.counts.add(block.found.counts);
    for (size_t i = 0; i < block.views.size(); ++i) {
        ++packets_;
        advance(block.views[i].time, rules);
        commit_packet(block, i, rules);
    }
}

void Engine::advance(Timestamp now, const RuleSets& rules) {
    if (now <= high_water_) return;
    high_water_ = now;
    scans_->expire(now, rules, sink_);
}

void Engine::finish(const RuleSets& rules) {
    scans_->finish(rules, sink_);
}

// Matches come in the order of the families: what the segment is inspected for here stands between
// addresses and signatures.
void Engine::commit_packet(const Block& block, size_t index, const RuleSets& rules) {
    std::span<const Observation> found = block.found_in(index);
    if (!found.empty()) {
        const auto* match = std::get_if<Match>(&found.front());
        if (match != nullptr && match->family == Family::kIp) {
            sink_.on_match(*match, rules);
            found = found.subspan(1);
        }
    }
    if (block.verdicts[index].deferred != 0) inspect_segment(block, index, rules);
    for (const Observation& observation : found) {
        if (const auto* match = std::get_if<Match>(&observation)) {
            sink_.on_match(*match, rules);
        } else if (const auto* hits = std::get_if<PayloadHits>(&observation)) {
            sink_.on_match(match_of(*hits, block.views[index], block.packets[index]), rules);
        } else {
            scans_->commit(*std::get_if<ScanProbe>(&observation), rules, sink_);
        }
    }
}

void Engine::inspect_segment(const Block& block, size_t index, const RuleSets& rules) {
    const FamilyMask families = block.verdicts[index].deferred;
    const PacketView& view = block.views[index];
    const Packet& packet = block.packets[index];
    found_.observations.clear();
    if ((families & family_bit(Family::kDomain)) != 0)
        domains_->inspect(view, packet, rules, found_);
    if ((families & family_bit(Family::kUrl)) != 0) urls_->inspect(view, packet, rules, found_);
    for (const Observation& observation : found_.observations)
        sink_.on_match(*std::get_if<Match>(&observation), rules);
}

Match Engine::match_of(const PayloadHits& hits, const PacketView& view, const Packet& packet) {
    hits_.clear();
    hits_.ids() = hits.ids;
    hits_.improved();
    return signature_match(view, packet, hits.ip_index, hits_);
}

std::vector<Counter> Engine::counters() const {
    std::vector<Counter> all = found_.counts.named();
    all.push_back({"scan_state_evicted", scans_->evicted()});
    return all;
}

}  // namespace peek
