// SPDX-License-Identifier: BSD-2-Clause
// The clocks of a monitor. All but app/ are handed the time they work with.
#pragma once

#include <ctime>

#include "util/time.h"

namespace peek {

inline Nanoseconds read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

// Does not step; for what lasts, and for moments that are compared with each other.
inline Nanoseconds monotonic() {
    return read_clock(CLOCK_MONOTONIC);
}

// UTC.
inline Timestamp wall() {
    return Timestamp{read_clock(CLOCK_REALTIME)};
}

}  // namespace peek
