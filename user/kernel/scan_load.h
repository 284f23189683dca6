// SPDX-License-Identifier: BSD-2-Clause
// How full the kernel's scan table is.
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <span>

namespace peek {

struct ScanLoad {
    uint32_t pairs = 0;  // probed within the window, give or take a second
    uint32_t room = PEEK_SCAN_SETS * PEEK_SCAN_WAYS;
};

// Of the table's tags, now, by the packet clock of `config`.
ScanLoad scan_load(const peek_config& config, std::span<const peek_scan_tags> sets);

}  // namespace peek
