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

namespace peek {

struct Block {
    // So many packets keep what is said of them in a core's second-level cache.
    static constexpr size_t kPackets = 256;

    // What stage 1 says of one packet.
    struct Verdict {
        // Families that stage 2 is to look for in its payload.
        FamilyMask deferred = 0;
        // Of a fragment: families that stage 2 is to look for in the datagram.
        FamilyMask fragment = 0;
        uint32_t found_end = 0;  // its observations end here in `found`, the next one's begin
    };

    std::span<const PacketView> views;  // in arrival order, of one generation; owned by the caller
    bool stable = false;                // their bytes stay valid as long as the engine
    std::vector<Packet> packets;        // of each view; may be longer
    std::vector<Verdict> verdicts;      // of each view
    Findings found;                     // in the order of packets, and of families within one

    // The observations of packet `index`.
    std::span<const Observation> found_in(size_t index) const {
        const uint32_t begin = index == 0 ? 0 : verdicts[index - 1].found_end;
        return std::span(found.observations).subspan(begin, verdicts[index].found_end - begin);
    }
};

class BlockInspector {
  public:
    BlockInspector();
    ~BlockInspector();
    BlockInspector(BlockInspector&&) noexcept;

    // Fills in everything but `views`. One thread at a time.
    void inspect(Block& block, const RuleSets& rules);
    // One packet that is decoded; found_end is left 0.
    Block::Verdict judge(const PacketView& view, FamilyMask families, const RuleSets& rules,
                         const Packet& packet, Findings& out);

  private:

    std::array<std::unique_ptr<Inspector>, kFamilyCount> inspectors_;  // by Family; no URLs
};

}  // namespace peek
