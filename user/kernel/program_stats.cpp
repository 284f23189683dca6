// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/program_stats.h"

#include <bpf/bpf.h>

#include <fstream>

namespace peek {

std::optional<ProgramStats> program_stats(int program_fd) {
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(program_fd, &info, &size) != 0) return std::nullopt;
    return ProgramStats{info.id, info.run_cnt, info.run_time_ns};
}

bool run_stats_enabled() {
    std::ifstream file("/proc/sys/kernel/bpf_stats_enabled");
    int value = 0;
    return file >> value && value != 0;
}

}  // namespace peek
