// SPDX-License-Identifier: BSD-2-Clause
// What stands in the way on an interface's hooks: programs of ours, and XDP programs of others.
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <optional>

#include "kernel/interface.h"
#include "util/result.h"

namespace peek {

// Errors name the program, its id and the process that holds it.
Result<void> check_xdp_free(const InterfaceInfo& interface);
Result<void> check_tcx_free(const InterfaceInfo& interface, peek_hook hook);
// Removes the stub of a dead controller; one that a living controller holds is an error. Without
// CAP_SYS_ADMIN, one that we may not look into (another user's) counts as dead.
Result<void> check_clsact_free(const InterfaceInfo& interface, peek_hook hook);

// Removes clsact stubs that dead controllers left on the interface and returns how many. One that
// a living controller holds stays.
Result<int> remove_stale_stubs(const InterfaceInfo& interface);

// Id of the map that a stub jumps through: it is what a living controller holds on to. Nothing
// without the right to look (CAP_SYS_ADMIN).
std::optional<uint32_t> stub_map(uint32_t prog_id);

}  // namespace peek
