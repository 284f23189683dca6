// SPDX-License-Identifier: BSD-2-Clause
#include "stream/stream_event.h"

namespace peek {

std::string_view stream_event_name(StreamEvent event) {
    static constexpr std::array<std::string_view, static_cast<size_t>(StreamEvent::kCount)> kNames{
        "stream_none",
        "tcp_overlap_differs",
        "tcp_overlap_unchecked",
        "tcp_runs_capped",
        "tcp_gap_given_up",
        "tcp_state_evicted",
        "fragment_overlap_differs",
        "fragment_readings_capped",
        "fragment_bad_length",
        "fragment_cut",
        "fragment_timed_out",
        "fragment_evicted",
        "fragment_unfinished",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

}  // namespace peek
