// SPDX-License-Identifier: BSD-2-Clause
// What reassembly met and what it could not do. Each is a named counter. Those that are marked
// "blind" say that something may have gone unseen.
#pragma once

#include <cstdint>
#include <string_view>

#include "util/event_counters.h"

namespace peek {

enum class StreamEvent : uint8_t {
    kNone,
    kTcpOverlapDiffers,           // other bytes at the same sequence numbers: two readings
    kTcpOverlapUnchecked,         // old data that nothing is kept of any more: read aside
    kTcpRunsCapped,               // blind: more runs of a direction than TcpStreams::kMaxRuns
    kTcpGapGivenUp,               // blind: too much behind a gap for it to be bridged when it fills
    kTcpStateEvicted,             // blind: a direction was forgotten that was in use
    kFragmentOverlapDiffers,      // other bytes or another end at the same place of a datagram
    kFragmentReadingsCapped,      // blind: more readings than Datagram's bounds allow
    kFragmentBadLength,           // past the datagram's longest possible end, or empty with more
    kFragmentCut,                 // blind: the capture does not hold the whole fragment
    kFragmentDatagramTimedOut,    // incomplete after Fragments::kTimeout
    kFragmentDatagramEvicted,     // blind: a budget was exceeded
    kFragmentDatagramUnfinished,  // incomplete when the input ended
    kCount
};
std::string_view stream_event_name(StreamEvent event);  // "tcp_overlap_differs", …

constexpr bool is_blind(StreamEvent event) {
    switch (event) {
        case StreamEvent::kTcpRunsCapped:
        case StreamEvent::kTcpGapGivenUp:
        case StreamEvent::kTcpStateEvicted:
        case StreamEvent::kFragmentReadingsCapped:
        case StreamEvent::kFragmentCut:
        case StreamEvent::kFragmentDatagramEvicted:
            return true;
        default:
            return false;
    }
}

using StreamCounts = EventCounters<StreamEvent>;

}  // namespace peek
