// SPDX-License-Identifier: BSD-2-Clause
// Block: a run of packets on its way through the engine's two stages.
//
// Stage 1, BlockInspector, needs nothing but the packet itself and the rules: blocks can be
// inspected on any number of threads and in any order. Stage 2, Engine::commit(), is given blocks
// in packet order and does all that depends on other packets: time, TCP streams, scans.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "detect/inspector.h"
#include "stream/tcp_streams.h"

namespace peek {

struct Block {
    // So many packets keep what is said of them in a core's second-level cache.
    static constexpr size_t kPackets = 256;

    // What is left to stage 2 of one packet.
    struct Verdict {
        // Families to be looked for in its payload.
        FamilyMask deferred = 0;
        // Of a fragment: families to be looked for in the datagram.
        FamilyMask fragment = 0;
    };
    // A packet that stage 2 has something to do with: it has observations, or a verdict.
    struct Task {
        uint32_t packet = 0;     // index
        uint32_t found_end = 0;  // its observations end here in `found`, the next task's begin
        Verdict verdict;
        Timestamp latest{};  // of the block's packets up to this one
        TcpSegment segment;  // with `verdict.deferred`
    };

    std::span<const PacketView> views;  // in arrival order, of one generation; owned by the caller
    bool stable = false;                // their bytes stay valid as long as the engine
    std::vector<Packet> packets;        // of each view; may be longer
    std::vector<Task> tasks;            // in the order of packets; most packets make none
    Timestamp latest{};                 // of all packets
    Findings found;                     // in the order of packets, and of families within one

    // The observations of the packet of task `index`.
    std::span<const Observation> found_in(size_t index) const {
        const uint32_t begin = index == 0 ? 0 : tasks[index - 1].found_end;
        return std::span(found.observations).subspan(begin, tasks[index].found_end - begin);
    }
};

class BlockInspector {
  public:
    BlockInspector();
    ~BlockInspector();
    BlockInspector(BlockInspector&&) noexcept;

    // Fills in everything but `views`. One thread at a time.
    void inspect(Block& block, const RuleSets& rules);
    // One packet that is decoded.
    Block::Verdict judge(const PacketView& view, FamilyMask families, const RuleSets& rules,
                         const Packet& packet, Findings& out);

  private:
    bool match_around(size_t ignored, const PacketView& view, const RuleSets& rules,
                      const Packet& packet, Findings& out);
    void inspect_packet(Block& block, size_t index, FamilyMask loaded, const RuleSets& rules);

    std::array<std::unique_ptr<Inspector>, kFamilyCount> inspectors_;  // by Family; no URLs
};

}  // namespace peek
