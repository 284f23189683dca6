// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/losses.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <array>
#include <span>

namespace peek {

namespace {

constexpr uint32_t kBatch = 4096;

// An IPv4 address stands in its mapped form.
IpAddress address(const __u8 (&bytes)[16]) {
    constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    const std::span<const uint8_t, 16> all(bytes);
    if (std::equal(kMapped.begin(), kMapped.end(), all.begin()))
        return IpAddress::v4(all.subspan<12, 4>());
    return IpAddress::v6(all);
}

KernelLoss to_loss(const peek_loss_key& key, const peek_loss& value) {
    return {static_cast<peek_loss_type>(key.type),
            address(key.src_be),
            address(key.dst_be),
            key.ifindex,
            static_cast<peek_hook>(key.hook),
            value.count,
            value.last_ns};
}

}  // namespace

// Entries of the other bank may be added meanwhile; those of this one stay where they are, so one
// walk through the buckets meets each of them.
std::vector<KernelLoss> take_losses(int map_fd, uint8_t bank) {
    std::vector<peek_loss_key> keys(kBatch);
    std::vector<peek_loss> values(kBatch);
    std::vector<peek_loss_key> taken;
    std::vector<KernelLoss> losses;
    uint32_t position = 0;
    uint32_t* in = nullptr;
    for (bool more = true; more; in = &position) {
        uint32_t count = kBatch;
        more = bpf_map_lookup_batch(map_fd, in, &position, keys.data(), values.data(), &count,
                                    nullptr) == 0;
        for (uint32_t i = 0; i < count; ++i) {
            if (keys[i].bank != bank) continue;
            taken.push_back(keys[i]);
            losses.push_back(to_loss(keys[i], values[i]));
        }
    }
    for (const peek_loss_key& key : taken) bpf_map_delete_elem(map_fd, &key);
    return losses;
}

}  // namespace peek
