// SPDX-License-Identifier: BSD-2-Clause
// FragmentInspector: what fragmented datagrams say when they are put together, in packet order. The
// finds belong to the fragment that completes the datagram; those that its first fragment's packet
// on its own was recorded for are not told again.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "detect/block.h"
#include "detect/stream_inspector.h"
#include "stream/fragments.h"

namespace peek {

class FragmentInspector {
  public:
    FragmentInspector();

    // packet.fragment is set. `families`: those that are looked for. `matches`: those of the packet
    // on its own; gets those of the datagram. `probes` likewise.
    void inspect(const PacketView& view, const Packet& packet, FamilyMask families,
                 const RuleSets& rules, Timestamp now, StreamInspector& streams,
                 InspectionCounts& counts, std::vector<Match>& matches,
                 std::vector<ScanProbe>& probes);
    void finish() { fragments_.finish(); }

    const StreamCounts& counts() const { return fragments_.counts(); }

  private:
    // What goes along with a fragment through nested datagrams.
    struct Fragment {
        const PacketView& view;
        FamilyMask families;
        const RuleSets& rules;
        Timestamp now;
        StreamInspector& streams;
        InspectionCounts& counts;
        std::vector<Match>& matches;
        std::vector<ScanProbe>& probes;
    };
    void add(const Fragment& fragment, const Packet& packet, int depth);
    void judge(const Fragment& fragment, const Packet& packet, const WholeDatagram& whole,
               std::span<const uint8_t> reading, int depth, std::vector<FragmentNote>& finds);

    Fragments fragments_;
    BlockInspector inspector_;
    Findings found_;
};

// Adds `match` to a packet's matches: of each family there is one, for the first rule.
void unite(Match match, std::vector<Match>& matches);

}  // namespace peek
