// SPDX-License-Identifier: BSD-2-Clause
#include "detect/match.h"

namespace peek {

PacketFacts packet_facts(const PacketView& view, const Packet& packet, size_t ip_index) {
    PacketFacts facts;
    facts.time = view.time;
    facts.ordinal = view.ordinal;
    facts.interface = view.interface;
    facts.hook = view.hook;
    facts.generation = view.generation;
    facts.replayed = view.replayed;
    facts.wire_len = view.wire_len;
    facts.src = packet.ip[ip_index].src;
    facts.dst = packet.ip[ip_index].dst;
    facts.ip_depth = static_cast<uint8_t>(ip_index);
    facts.protocol = packet.protocol;
    facts.has_ports = packet.has_ports;
    facts.src_port = packet.src_port;
    facts.dst_port = packet.dst_port;
    facts.has_icmp = packet.has_icmp;
    facts.icmp_type = packet.icmp_type;
    facts.icmp_code = packet.icmp_code;
    facts.vlan_count = packet.vlan_count;
    for (size_t i = 0; i < packet.vlan_count; ++i) facts.vlan_ids[i] = packet.vlan_ids[i];
    return facts;
}

}  // namespace peek
