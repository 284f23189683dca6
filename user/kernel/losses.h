// SPDX-License-Identifier: BSD-2-Clause
// Decisions of the kernel whose record was lost for want of room in a ring (map peek_losses).
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <vector>

#include "util/ip_address.h"

namespace peek {

struct KernelLoss {
    peek_loss_type type = PEEK_LOSS_IP;
    IpAddress src;
    IpAddress dst;
    uint32_t ifindex = 0;
    peek_hook hook = PEEK_HOOK_INGRESS;
    uint64_t count = 0;
    uint64_t last_ns = 0;  // packet clock of the programs
};

// Reads and deletes what `bank` of the map holds. No program may be adding to it.
std::vector<KernelLoss> take_losses(int map_fd, uint8_t bank);

}  // namespace peek
