// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/ring_maps.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace peek {

namespace {

constexpr uint32_t kAutomaticRings = 8;

}  // namespace

RingPlan plan_rings(uint32_t wanted, uint32_t online_cpus) {
    const uint32_t cpus = std::max(online_cpus, 1U);
    const uint32_t count = wanted != 0 ? wanted : std::min(cpus, kAutomaticRings);
    return {count, (cpus + count - 1) / count};
}

Result<std::vector<Fd>> make_rings(int outer, uint32_t count, uint32_t bytes) {
    std::vector<Fd> rings;
    for (uint32_t i = 0; i < count; ++i) {
        Fd ring(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "peek_ring", 0, 0, bytes, nullptr));
        if (!ring)
            return system_error("cannot make ring " + std::to_string(i + 1) + " of " +
                                    std::to_string(count) + ", of " + std::to_string(bytes) +
                                    " bytes",
                                errno);
        const int fd = ring.get();
        if (bpf_map_update_elem(outer, &i, &fd, BPF_ANY) != 0)
            return system_error("cannot put a ring into its map", errno);
        rings.push_back(std::move(ring));
    }
    return rings;
}

}  // namespace peek
