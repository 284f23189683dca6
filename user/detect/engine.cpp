// SPDX-License-Identifier: BSD-2-Clause
#include "detect/engine.h"

#include <algorithm>

#include "detect/domain_detector.h"
#include "detect/signature_detector.h"
#include "detect/url_detector.h"

namespace peek {

Engine::Engine(MatchSink& sink, Options options)
    : sink_(sink),
      options_(options),
      domains_(make_segment_domain_inspector()),
      urls_(make_url_inspector()),
      streams_(std::make_unique<StreamInspector>()),
      fragments_(std::make_unique<FragmentInspector>()),
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
    streams_->finish(found_.counts);
    fragments_->finish();
    scans_->finish(rules, sink_);
}

void Engine::commit_packet(const Block& block, size_t index, const RuleSets& rules) {
    const Block::Verdict& verdict = block.verdicts[index];
    if (block.found_in(index).empty() && (verdict.deferred | verdict.fragment) == 0) return;
    matches_.clear();
    probes_.clear();
    payload_hits_ = nullptr;
    take_observations(block, index);
    if (options_.reassembly)
        reassemble(block, index, rules);
    else if (verdict.deferred != 0)
        inspect_segment(block, index, rules);
    report(rules);
}

void Engine::take_observations(const Block& block, size_t index) {
    for (const Observation& observation : block.found_in(index)) {
        if (const auto* match = std::get_if<Match>(&observation))
            matches_.push_back(*match);
        else if (const auto* probe = std::get_if<ScanProbe>(&observation))
            probes_.push_back(*probe);
        else
            payload_hits_ = std::get_if<PayloadHits>(&observation);
    }
    if (payload_hits_ != nullptr && !options_.reassembly)
        matches_.push_back(match_of(*payload_hits_, block.views[index], block.packets[index]));
}

void Engine::reassemble(const Block& block, size_t index, const RuleSets& rules) {
    const Block::Verdict& verdict = block.verdicts[index];
    const PacketView& view = block.views[index];
    const Packet& packet = block.packets[index];
    if (verdict.deferred != 0) {
        segment_matches_.clear();
        streams_->inspect(view, packet, verdict.deferred, payload_hits_, rules, block.stable,
                          found_.counts, segment_matches_);
        for (Match& match : segment_matches_) unite(std::move(match), matches_);
    }
    if (verdict.fragment != 0)
        fragments_->inspect(view, packet, verdict.fragment, rules, high_water_, *streams_,
                            found_.counts, matches_, probes_);
}

void Engine::inspect_segment(const Block& block, size_t index, const RuleSets& rules) {
    const FamilyMask families = block.verdicts[index].deferred;
    const PacketView& view = block.views[index];
    const Packet& packet = block.packets[index];
    found_.observations.clear();
    if ((families & family_bit(Family::kDomain)) != 0)
        domains_->inspect(view, packet, rules, found_);
    if ((families & family_bit(Family::kUrl)) != 0) urls_->inspect(view, packet, rules, found_);
    for (Observation& observation : found_.observations)
        unite(std::move(*std::get_if<Match>(&observation)), matches_);
}

// A packet's matches come in the order of the families, scans last.
void Engine::report(const RuleSets& rules) {
    std::sort(matches_.begin(), matches_.end(),
              [](const Match& a, const Match& b) { return a.family < b.family; });
    for (const Match& match : matches_) sink_.on_match(match, rules);
    for (ScanProbe& probe : probes_) scans_->commit(std::move(probe), rules, sink_);
}

Match Engine::match_of(const PayloadHits& hits, const PacketView& view, const Packet& packet) {
    hits_.clear();
    hits_.ids() = hits.ids;
    hits_.improved();
    return signature_match(view, packet, hits.ip_index, hits_);
}

std::vector<Counter> Engine::counters() const {
    std::vector<Counter> all = found_.counts.named();
    StreamCounts streams = streams_->counts();
    streams.add(fragments_->counts());
    streams.append_to(all, stream_event_name);
    all.push_back({"scan_state_evicted", scans_->evicted(), true});
    return all;
}

}  // namespace peek
