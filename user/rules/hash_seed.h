// SPDX-License-Identifier: BSD-2-Clause
// The secret seed of this process's hash tables: whoever sends packets cannot aim at buckets.
#pragma once

#include <cstdint>

namespace peek {

// Drawn once a process; the same on every call and thread.
uint64_t hash_seed();

}  // namespace peek
