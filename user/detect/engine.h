// SPDX-License-Identifier: BSD-2-Clause
// Engine: the ordered stage. It is given blocks that a BlockInspector has been through, in packet
// order, and tells the sink what was found. The same for every source; it knows nothing of files,
// rings, threads or clocks: it is used by one thread, whichever inspected the blocks.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "detect/block.h"
#include "detect/fragment_inspector.h"
#include "detect/rule_hits.h"
#include "detect/scan_detector.h"
#include "detect/stream_inspector.h"

namespace peek {

class Engine {
  public:
    struct Options {
        bool reassembly = true;  // else every packet is judged on its own
    };

    // `sink` must outlive the engine.
    explicit Engine(MatchSink& sink) : Engine(sink, Options{}) {}
    Engine(MatchSink& sink, Options options);
    ~Engine();

    // All packets of the block must belong to the generation of `rules`, by which it was inspected.
    void commit(const Block& block, const RuleSets& rules);
    // Both stages at once, for packets of one generation.
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
    void prefetch(const Block& block, size_t index) const;
    void pass(std::span<const PacketView> views, Timestamp latest, const RuleSets& rules);
    void commit_task(const Block& block, size_t index, const RuleSets& rules);
    void take_observations(const Block& block, size_t index);
    void reassemble(const Block& block, const Block::Task& task, const RuleSets& rules);
    void judge_alone(const Block& block, const Block::Task& task, const RuleSets& rules);
    void report(const RuleSets& rules);
    Match match_of(const PayloadHits& hits, const PacketView& view, const Packet& packet);

    MatchSink& sink_;
    Options options_;
    BlockInspector inspector_;  // with block_: for process()
    Block block_;
    std::unique_ptr<Inspector> domains_;  // of TCP packets on their own
    std::unique_ptr<Inspector> urls_;
    std::unique_ptr<StreamInspector> streams_;
    std::unique_ptr<FragmentInspector> fragments_;
    std::unique_ptr<ScanDetector> scans_;
    Findings found_;  // by domains_ and urls_ in one packet; counts of both stages and all packets
    // Of the packet that is being committed.
    std::vector<Match> matches_;
    std::vector<Match> segment_matches_;  // those in its TCP payload
    std::vector<ScanProbe> probes_;
    const PayloadHits* payload_hits_ = nullptr;

    RuleHits hits_;
    uint64_t packets_ = 0;
    Timestamp high_water_{};
};

}  // namespace peek
