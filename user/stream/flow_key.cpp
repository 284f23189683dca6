// SPDX-License-Identifier: BSD-2-Clause
#include "stream/flow_key.h"

#include <xxhash.h>

#include <algorithm>
#include <type_traits>

namespace peek {

static_assert(std::has_unique_object_representations_v<FlowKey>, "hashed and compared as bytes");

uint64_t FlowKey::hash(uint64_t seed) const {
    return XXH3_64bits_withSeed(this, sizeof(*this), seed);
}

// A VLAN id has twelve bits: five of them, the hook's two and the depth's two are 64.
FlowKey host_pair_key(const PacketView& view, const Packet& packet) {
    FlowKey key;
    const IpLayer& ip = packet.inner();
    std::copy_n(ip.src.bytes16().begin(), key.src.size(), key.src.begin());
    std::copy_n(ip.dst.bytes16().begin(), key.dst.size(), key.dst.begin());
    key.interface = view.interface;
    for (size_t i = 0; i < packet.vlan_count; ++i)
        key.where = key.where << 12 | (packet.vlan_ids[i] & 0xfffU);
    key.where = key.where << 4 | static_cast<uint64_t>(view.hook) << 2 | (packet.ip_count & 3U);
    return key;
}

FlowKey flow_key(const PacketView& view, const Packet& packet) {
    FlowKey key = host_pair_key(view, packet);
    key.src_port = packet.src_port;
    key.dst_port = packet.dst_port;
    return key;
}

}  // namespace peek
