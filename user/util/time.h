// SPDX-License-Identifier: BSD-2-Clause
// Packet time: nanoseconds of UTC since the epoch. Only sources and the controller read clocks;
// every other stage is handed the time it works with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace peek {

using Nanoseconds = std::chrono::nanoseconds;
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Nanoseconds>;

inline Timestamp timestamp_from_ns(int64_t ns) {
    return Timestamp{Nanoseconds{ns}};
}
inline int64_t to_ns(Timestamp t) {
    return t.time_since_epoch().count();
}

// "2016-10-30T22:01:02.123456+0000": EVE's form, UTC, truncated to microseconds.
std::string format_timestamp(Timestamp t);
// Exactly what format_timestamp() writes; nothing for any other text.
std::optional<Timestamp> parse_timestamp(const std::string& text);

}  // namespace peek
