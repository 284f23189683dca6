// SPDX-License-Identifier: BSD-2-Clause
#include "detect/engine.h"

#include <algorithm>
#include <bit>

#include "decode/decode.h"
#include "rules/ip_rules.h"

namespace peek {

namespace {

bool is_ignored(const Packet& packet, const IpRules& ignore) {
    return std::any_of(packet.ip.begin(), packet.ip.begin() + packet.ip_count,
                       [&](const IpLayer& ip) { return ignore.covers(ip.src, ip.dst); });
}

}  // namespace

Engine::Engine(MatchSink& sink) : sink_(sink), detectors_(make_detectors()) {
    for (const auto& detector : detectors_) inspectors_.push_back(detector->make_inspector());
}

Engine::~Engine() = default;

void Engine::process(std::span<const PacketView> packets, const RuleSets& rules) {
    const FamilyMask loaded = rules.families();
    for (const PacketView& view : packets) {
        ++packets_;
        advance(view.time, rules);
        inspect(view, view.families & loaded, rules);
    }
}

void Engine::advance(Timestamp now, const RuleSets& rules) {
    if (now <= high_water_) return;
    high_water_ = now;
    for (const auto& detector : detectors_) detector->expire(now, rules, sink_);
}

void Engine::finish(const RuleSets& rules) {
    for (const auto& detector : detectors_) detector->finish(rules, sink_);
}

// The detectors stand in the order of Family, so that a mask's bits are their indices.
void Engine::inspect(const PacketView& view, FamilyMask families, const RuleSets& rules) {
    Packet packet;
    decode(view, packet);
    ++decode_events_[static_cast<size_t>(packet.event)];
    if (packet.ip_count == 0 || families == 0) return;
    if (rules.ignore && is_ignored(packet, *rules.ignore)) {
        ++ignored_;
        return;
    }
    for (; families != 0; families &= families - 1) {
        const auto family = static_cast<size_t>(std::countr_zero(families));
        observations_.clear();
        inspectors_[family]->inspect(view, packet, rules, observations_);
        for (Observation& observation : observations_)
            detectors_[family]->commit(std::move(observation), rules, sink_);
    }
}

std::vector<Counter> Engine::counters() const {
    std::vector<Counter> all;
    for (size_t i = 1; i < decode_events_.size(); ++i)
        all.push_back({decode_event_name(static_cast<DecodeEvent>(i)), decode_events_[i]});
    all.push_back({"ignored", ignored_});
    for (const auto& inspector : inspectors_)
        for (const Counter& counter : inspector->counters()) all.push_back(counter);
    for (const auto& detector : detectors_)
        for (const Counter& counter : detector->counters()) all.push_back(counter);
    return all;
}

}  // namespace peek
