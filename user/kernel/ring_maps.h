// SPDX-License-Identifier: BSD-2-Clause
// The rings behind map peek_rings: how many, made, and put into it.
#pragma once

#include <cstdint>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

// The ring of a CPU is min(cpu / cpus_per_ring, count - 1).
struct RingPlan {
    uint32_t count = 1;
    uint32_t cpus_per_ring = 1;
};

// `wanted` rings; 0: one for each online CPU, but at most 8, since one thread empties them all and
// each takes memory: on larger machines groups of CPUs share one.
RingPlan plan_rings(uint32_t wanted, uint32_t online_cpus);

// Makes `count` rings of `bytes` each and puts them into the outer map.
Result<std::vector<Fd>> make_rings(int outer, uint32_t count, uint32_t bytes);

}  // namespace peek
