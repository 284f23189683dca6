// SPDX-License-Identifier: BSD-2-Clause
#include "detect/scan_detector.h"

#include <algorithm>
#include <random>
#include <utility>

#include "rules/ip_rules.h"

namespace peek {
namespace {

class ScanInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (!is_probe(packet)) return;
        const IpLayer& ip = packet.inner();
        if (rules.scan_ignore && rules.scan_ignore->covers(ip.src, ip.dst)) {
            ++out.counts.scan_probes_ignored;
            return;
        }
        out.observations.emplace_back(ScanProbe{packet_facts(view, packet, packet.ip_count - 1U),
                                                *rules.scan,
                                                {view.probes.begin(), view.probes.end()},
                                                packet.encapsulations > 0});
    }
};

Match scan_match(ScanFacts::Phase phase, const OpenScan& scan) {
    Match match;
    match.family = Family::kScan;
    match.packet = scan.packet;
    match.distinct_rules = 1;
    const ScanExtent& extent = scan.extent;
    match.evidence = ScanFacts{phase,        extent.ports.ranges(), extent.ports.size(),
                               extent.first, extent.last,           scan.rule};
    return match;
}

// The latest probe that is known now. What the kernel counted before it handed the pair over
// arrived before this probe: had user space seen it, it would have ended an idle scan then.
Timestamp latest(const ScanProbe& probe) {
    Timestamp time = probe.packet.time;
    for (const ProbeInterval& earlier : probe.earlier) time = std::max(time, earlier.last);
    return time;
}

}  // namespace

ScanDetector::ScanDetector(Options options) : pairs_(options.max_pairs, options.hash_seed) {}

void ScanDetector::commit(const ScanProbe& probe, const RuleSets& rules, MatchSink& sink) {
    ++arrivals_;
    ScanPair& pair = pair_of(probe, {rules, sink});
    if (pair.scan && latest(probe) > shifted(pair.scan->extent.last, probe.rule.window))
        end(pair, {rules, sink});
    learn(pair, probe);
    if (pair.scan) {
        extend(pair, probe);
    } else {
        begin(pair, probe, {rules, sink});
    }
}

// A scan that is running when its pair is forgotten is reported, as if it had ended.
ScanPair& ScanDetector::pair_of(const ScanProbe& probe, Output out) {
    const PairKey key = pair_key(probe.packet.src, probe.packet.dst, probe.hidden);
    if (ScanPair* known = pairs_.find(key)) return *known;
    if (pairs_.full()) {
        ScanPair& oldest = pairs_.oldest();
        if (oldest.slots.live(probe.packet.time, oldest.rule.window)) ++evicted_;
        if (oldest.scan) end(oldest, out);
    }
    ScanPair& pair = pairs_.add(key);
    pair.rule = probe.rule;
    return pair;
}

// Slots that were merged under another window prove nothing under this one. While a scan runs, its
// ports are kept apart and slots only matter if it is taken up again after its end: 64 of them are
// as many as any threshold needs.
void ScanDetector::learn(ScanPair& pair, const ScanProbe& probe) {
    const Nanoseconds window = probe.rule.window;
    if (pair.rule.window != window) pair.slots.clear();
    pair.rule = probe.rule;
    const Timestamp time = probe.packet.time;
    bool kept = true;
    for (const ProbeInterval& earlier : probe.earlier)
        kept = pair.slots.add(earlier, time, window) && kept;
    kept = pair.slots.add({probe.packet.dst_port, time, time}, time, window) && kept;
    if (!kept && !pair.scan) ++evicted_;
}

void ScanDetector::begin(ScanPair& pair, const ScanProbe& probe, Output out) {
    std::optional<ScanExtent> extent = pair.slots.crossing(probe.packet.time, pair.rule);
    if (!extent) return;
    pair.scan = std::make_unique<OpenScan>(
        OpenScan{std::move(*extent), pair.rule, probe.packet, ScanDeadline{}});
    pair.scan->deadline = deadline_of(pair);
    running_.emplace(pair.scan->deadline, &pair);
    pairs_.spare(pair, true);
    out.sink.on_match(scan_match(ScanFacts::Phase::kStart, *pair.scan), out.rules);
}

void ScanDetector::extend(ScanPair& pair, const ScanProbe& probe) {
    OpenScan& scan = *pair.scan;
    scan.extent.add(probe.packet.dst_port, probe.packet.time);
    if (probe.packet.time >= scan.packet.time) scan.packet = probe.packet;
    auto node = running_.extract(scan.deadline);
    node.key() = scan.deadline = deadline_of(pair);
    running_.insert(std::move(node));
}

void ScanDetector::end(ScanPair& pair, Output out) {
    running_.erase(pair.scan->deadline);
    const std::unique_ptr<OpenScan> scan = std::move(pair.scan);
    pairs_.spare(pair, false);
    out.sink.on_match(scan_match(ScanFacts::Phase::kEnd, *scan), out.rules);
}

ScanDeadline ScanDetector::deadline_of(const ScanPair& pair) const {
    return {shifted(std::max(pair.scan->extent.last, now_), pair.rule.window), arrivals_};
}

void ScanDetector::expire(Timestamp now, const RuleSets& rules, MatchSink& sink) {
    now_ = std::max(now_, now);
    while (!running_.empty() && running_.begin()->first.time < now)
        end(*running_.begin()->second, {rules, sink});
}

void ScanDetector::finish(const RuleSets& rules, MatchSink& sink) {
    while (!running_.empty()) end(*running_.begin()->second, {rules, sink});
}

std::unique_ptr<Inspector> make_scan_inspector() {
    return std::make_unique<ScanInspector>();
}

std::unique_ptr<ScanDetector> make_scan_detector() {
    std::random_device random;
    const uint64_t seed = (static_cast<uint64_t>(random()) << 32) | random();
    return std::make_unique<ScanDetector>(ScanDetector::Options{.hash_seed = seed});
}

}  // namespace peek
