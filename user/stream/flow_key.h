// SPDX-License-Identifier: BSD-2-Clause
// FlowKey: which direction of which connection a packet belongs to, or, without ports, which pair
// of hosts. A packet that is seen on two interfaces, at two hooks, with two VLAN tags or between
// other tunnel ends is two packets, here as in the records.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "decode/packet.h"
#include "source/packet_source.h"

namespace peek {

struct FlowKey {
    std::array<uint8_t, 16> src{};  // IpAddress::bytes16()
    std::array<uint8_t, 16> dst{};
    uint16_t src_port = 0;
    uint16_t dst_port = 0;
    uint32_t interface = 0;
    uint64_t where = 0;  // hook, number of IP headers, VLAN ids; of a tunnel, its addresses

    bool operator==(const FlowKey& other) const {
        return std::memcmp(this, &other, sizeof(*this)) == 0;
    }
    uint64_t hash(uint64_t seed) const;
};

// Of the innermost IP header.
FlowKey flow_key(const PacketView& view, const Packet& packet);
// The same without ports: what all fragments between two hosts share.
FlowKey host_pair_key(const PacketView& view, const Packet& packet);

}  // namespace peek
