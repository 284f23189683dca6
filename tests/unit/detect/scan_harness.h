// SPDX-License-Identifier: BSD-2-Clause
// Scan tests as stories. Probes are numbered as they arrive, times are whole seconds; each match is
// told as "start #3 at 2: 1-3 (3 ports) from 0 to 2".
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detect/scan_detector.h"
#include "detect_fixture.h"

namespace peek::test {

using Story = std::vector<std::string>;

inline int64_t second_of(Timestamp t) {
    return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

inline std::string ports_text(const std::vector<PortRange>& ranges) {
    std::string text;
    for (const PortRange& range : ranges) {
        if (!text.empty()) text += ',';
        text += std::to_string(range.first);
        if (range.last != range.first) text += '-' + std::to_string(range.last);
    }
    return text;
}

inline std::string tell(const Match& match) {
    const auto& scan = std::get<ScanFacts>(match.evidence);
    return (scan.phase == ScanFacts::Phase::kStart ? "start #" : "end #") +
           std::to_string(match.packet.ordinal) + " at " +
           std::to_string(second_of(match.packet.time)) + ": " + ports_text(scan.ports) + " (" +
           std::to_string(scan.port_count) + " ports) from " +
           std::to_string(second_of(scan.first)) + " to " + std::to_string(second_of(scan.last));
}

inline IpAddress host(uint8_t number) {
    return IpAddress::v4(std::array<uint8_t, 4>{10, 0, 0, number});
}

struct Probe {
    int64_t second;
    uint16_t port;
    uint8_t source = 1;
    uint8_t target = 200;
    bool hidden = false;
};

inline ScanRule scan_rule(uint32_t ports, int64_t seconds) {
    return {ports, std::chrono::seconds(seconds)};
}

// A detector, and what it has told so far.
class ScanRun {
  public:
    explicit ScanRun(ScanRule rule, ScanDetector::Options options = {})
        : rule_(rule), detector_(options) {}

    void judge_by(ScanRule rule) { rule_ = rule; }
    void probe(int64_t second, uint16_t port) { probe(Probe{second, port}); }
    void probe(const Probe& probe, std::vector<ProbeInterval> earlier = {}) {
        probe_as(next_ordinal_++, probe, std::move(earlier));
    }
    void probe_as(uint64_t ordinal, const Probe& probe, std::vector<ProbeInterval> earlier) {
        PacketFacts facts;
        facts.time = at_second(probe.second);
        facts.ordinal = ordinal;
        facts.src = host(probe.source);
        facts.dst = host(probe.target);
        facts.has_ports = true;
        facts.dst_port = probe.port;
        detector_.commit(ScanProbe{facts, rule_, std::move(earlier), probe.hidden}, rules_, sink_);
    }
    void packet_time_reaches(int64_t second) { detector_.expire(at_second(second), rules_, sink_); }
    void end_of_input() { detector_.finish(rules_, sink_); }

    // What was told since the last call.
    Story story() {
        Story told;
        for (const Match& match : sink_.take()) told.push_back(tell(match));
        return told;
    }
    std::vector<Match> take() { return sink_.take(); }
    uint64_t evicted() const { return detector_.evicted(); }
    ScanDetector& detector() { return detector_; }

  private:
    ScanRule rule_;
    RuleSets rules_;
    Collector sink_;
    ScanDetector detector_;
    uint64_t next_ordinal_ = 1;
};

}  // namespace peek::test
