// SPDX-License-Identifier: BSD-2-Clause
// The tc hooks of one interface: tcx where the kernel has it, clsact below (kernels before 6.6).
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

// Whether the kernel has tcx, asked of the interface itself.
bool has_tcx(uint32_t ifindex);
// Ids of the programs on a tcx hook, first one first; empty without tcx.
std::vector<uint32_t> tcx_programs(uint32_t ifindex, peek_hook hook);
// Puts the program in front of all others there.
Result<Fd> attach_tcx(int prog_fd, uint32_t ifindex, peek_hook hook);

// Id of the program behind our clsact filter (our priority and handle), if there is one.
std::optional<uint32_t> clsact_filter(uint32_t ifindex, peek_hook hook);
Result<void> attach_clsact(int prog_fd, uint32_t ifindex, peek_hook hook);
// Removes our filter, never the qdisc: others may have filters there.
Result<void> detach_clsact(uint32_t ifindex, peek_hook hook);

}  // namespace peek
