// SPDX-License-Identifier: BSD-2-Clause
// What the kernel counts of one loaded program.
#pragma once

#include <cstdint>
#include <optional>

namespace peek {

struct ProgramStats {
    uint32_t id = 0;
    // Over all interfaces, and only while the sysctl kernel.bpf_stats_enabled is on.
    uint64_t run_count = 0;
    uint64_t run_time_ns = 0;
};
std::optional<ProgramStats> program_stats(int program_fd);

bool run_stats_enabled();

}  // namespace peek
