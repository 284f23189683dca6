// SPDX-License-Identifier: BSD-2-Clause
// What reassembly met and what it could not do. Each is a named counter. Those that are marked
// "blind" say that something may have gone unseen.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace peek {

enum class StreamEvent : uint8_t {
    kNone,
    kTcpOverlapDiffers,          // other bytes at the same sequence numbers: two readings
    kTcpOverlapUnchecked,        // old data that nothing is kept of any more: judged on its own
    kTcpRunsCapped,              // blind: more runs of a direction than TcpStreams::kMaxRuns
    kTcpGapGivenUp,              // blind: too much behind a gap for it to be bridged when it fills
    kTcpStateEvicted,            // blind: a direction was forgotten that was in use
    kFragmentOverlapDiffers,     // other bytes at the same place of a datagram: two readings
    kFragmentReadingsCapped,     // blind: more readings than Datagram's bounds allow
    kFragmentBadLength,          // past the datagram's longest possible end, or empty with more
    kFragmentCut,                // blind: the capture does not hold the whole fragment
    kFragmentDatagramTimedOut,   // incomplete after Fragments::kTimeout
    kFragmentDatagramEvicted,    // blind: a budget was exceeded
    kFragmentDatagramUnfinished, // incomplete when the input ended
    kCount
};
std::string_view stream_event_name(StreamEvent event);  // "tcp_overlap_differs", …

class StreamCounts {
  public:
    void count(StreamEvent event) { ++counts_[static_cast<size_t>(event)]; }
    uint64_t operator[](StreamEvent event) const { return counts_[static_cast<size_t>(event)]; }

  private:
    std::array<uint64_t, static_cast<size_t>(StreamEvent::kCount)> counts_{};
};

}  // namespace peek
