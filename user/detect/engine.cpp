// SPDX-License-Identifier: BSD-2-Clause
#include "detect/engine.h"

#include <algorithm>

#include "detect/domain_detector.h"
#include "detect/signature_detector.h"
#include "detect/url_detector.h"

namespace peek {
namespace {

// Tasks whose streams are brought nearer: the way to them, and they themselves.
constexpr size_t kFarAhead = 8;
constexpr size_t kAhead = 4;

}  // namespace

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
    packets_ += block.views.size();
    size_t passed = 0;
    for (size_t i = 0; i < block.tasks.size(); ++i) {
        const Block::Task& task = block.tasks[i];
        prefetch(block, i);
        pass(block.views.subspan(passed, task.packet + 1 - passed), task.latest, rules);
        passed = task.packet + size_t{1};
        commit_task(block, i, rules);
    }
    pass(block.views.subspan(passed), block.latest, rules);
}

// The state of a stream is cold, and what leads to it as well.
void Engine::prefetch(const Block& block, size_t index) const {
    if (index + kFarAhead >= block.tasks.size()) return;
    streams_->prefetch(block.tasks[index + kFarAhead].segment, block.tasks[index + kAhead].segment);
}

// Packet time moves on with each packet, and a scan ends at the packet that says so.
void Engine::pass(std::span<const PacketView> views, Timestamp latest, const RuleSets& rules) {
    if (!scans_->any_ends_before(latest)) return advance(latest, rules);
    for (const PacketView& view : views) advance(view.time, rules);
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

void Engine::commit_task(const Block& block, size_t index, const RuleSets& rules) {
    const Block::Task& task = block.tasks[index];
    matches_.clear();
    probes_.clear();
    payload_hits_ = nullptr;
    take_observations(block, index);
    if (options_.reassembly)
        reassemble(block, task, rules);
    else if (task.verdict.deferred != 0)
        judge_alone(block, task, rules);
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
}

void Engine::reassemble(const Block& block, const Block::Task& task, const RuleSets& rules) {
    const PacketView& view = block.views[task.packet];
    const Packet& packet = block.packets[task.packet];
    if (task.verdict.deferred != 0) {
        segment_matches_.clear();
        streams_->inspect({view, packet, task.segment, task.verdict.deferred, payload_hits_}, rules,
                          found_.counts, segment_matches_);
        for (Match& match : segment_matches_) unite(std::move(match), matches_);
    }
    if (task.verdict.fragment != 0)
        fragments_->inspect(view, packet, task.verdict.fragment, rules, high_water_, *streams_,
                            found_.counts, matches_, probes_);
}

// A segment that is not seen as part of its stream.
void Engine::judge_alone(const Block& block, const Block::Task& task, const RuleSets& rules) {
    const PacketView& view = block.views[task.packet];
    const Packet& packet = block.packets[task.packet];
    if (packet.payload.empty()) return;
    if (payload_hits_ != nullptr) matches_.push_back(match_of(*payload_hits_, view, packet));
    const FamilyMask families = task.verdict.deferred;
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
