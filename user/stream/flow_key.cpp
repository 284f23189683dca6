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

namespace {

// Of the addresses around the innermost.
uint64_t tunnel_hash(const Packet& packet) {
    uint64_t hash = 0;
    for (const IpLayer& ip : std::span(packet.ip).first(packet.ip_count - 1U)) {
        std::array<uint8_t, 32> ends;
        std::copy_n(ip.src.bytes16().begin(), 16, ends.begin());
        std::copy_n(ip.dst.bytes16().begin(), 16, ends.begin() + 16);
        hash = XXH3_64bits_withSeed(ends.data(), ends.size(), hash);
    }
    return hash;
}

}  // namespace

// A VLAN id has twelve bits: five of them, the hook's two and the depth's two are 64.
FlowKey host_pair_key(const PacketView& view, const Packet& packet) {
    FlowKey key;
    const IpLayer& ip = packet.inner();
    std::copy_n(ip.src.bytes16().begin(), key.src.size(), key.src.begin());
    std::copy_n(ip.dst.bytes16().begin(), key.dst.size(), key.dst.begin());
    key.interface = view.interface;
    // A priority tag, which has id 0, leads nowhere else.
    for (size_t i = 0; i < packet.vlan_count; ++i)
        if (const uint64_t vlan = packet.vlan_ids[i] & 0xfffU; vlan != 0)
            key.where = key.where << 12 | vlan;
    key.where = key.where << 4 | static_cast<uint64_t>(view.hook) << 2 | (packet.ip_count & 3U);
    if (packet.ip_count > 1) key.where ^= tunnel_hash(packet);
    return key;
}

FlowKey flow_key(const PacketView& view, const Packet& packet) {
    FlowKey key = host_pair_key(view, packet);
    key.src_port = packet.src_port;
    key.dst_port = packet.dst_port;
    return key;
}

}  // namespace peek
