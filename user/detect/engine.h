// SPDX-License-Identifier: BSD-2-Clause
// Engine: decode, inspect, commit. The same for every source; it knows nothing of files, rings,
// threads or clocks.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "detect/detector.h"

namespace peek {

class Engine {
  public:
    // `sink` must outlive the engine.
    explicit Engine(MatchSink& sink);
    ~Engine();

    // Inspects packets in order. All must belong to the generation of `rules`.
    void process(std::span<const PacketView> packets, const RuleSets& rules);
    // Packet time is at least `now` even though no packet said so: a live source that is idle.
    void advance(Timestamp now, const RuleSets& rules);
    // The input has ended: open scans are reported.
    void finish(const RuleSets& rules);

    uint64_t packets() const { return packets_; }
    // Highest packet time so far: what windows of a file run by.
    Timestamp high_water() const { return high_water_; }
    // Malformed input, forgotten state and what was ignored, by name; zero counters included.
    std::vector<Counter> counters() const;

  private:
    void inspect(const PacketView& view, FamilyMask families, const RuleSets& rules);

    MatchSink& sink_;
    std::vector<std::unique_ptr<Detector>> detectors_;
    std::vector<std::unique_ptr<Inspector>> inspectors_;
    std::vector<Observation> observations_;
    std::array<uint64_t, static_cast<size_t>(DecodeEvent::kCount)> decode_events_{};
    uint64_t ignored_ = 0;  // packets from or to an ignored address
    uint64_t packets_ = 0;
    Timestamp high_water_{};
};

}  // namespace peek
