// SPDX-License-Identifier: BSD-2-Clause
#pragma once

namespace peek {

// Monitors a veth pair in a network namespace of its own, sends one packet of each kind through
// each hook and checks that each is recorded. Leaves nothing behind. Exit status 1 on failure.
int run_selftest();

}  // namespace peek
