// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/scan_load.h"

#include <algorithm>
#include <ctime>

namespace peek {

namespace {

uint64_t packet_clock(const peek_config& config) {
    timespec boot{};
    ::clock_gettime(CLOCK_BOOTTIME, &boot);
    const uint64_t ns =
        static_cast<uint64_t>(boot.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(boot.tv_nsec);
    return (ns & config.clock_mask) + config.clock_offset_ns;
}

}  // namespace

ScanLoad scan_load(const peek_config& config, std::span<const peek_scan_tags> sets) {
    const uint64_t now = packet_clock(config);
    const uint64_t since = now - std::min<uint64_t>(now, config.scan_window_ns);
    ScanLoad load;
    for (const peek_scan_tags& set : sets)
        for (int way = 0; way < PEEK_SCAN_WAYS; ++way)
            load.pairs += set.tag[way] != 0 && set.last[way] >= since >> PEEK_SCAN_LAST_SHIFT;
    return load;
}

}  // namespace peek
