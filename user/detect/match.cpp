// SPDX-License-Identifier: BSD-2-Clause
#include "detect/match.h"

namespace peek {
namespace {

// What an outer IP header carries: a tunnel, whose ports are known if it is one over UDP.
template <typename Facts>
void add_carried(const Packet& packet, size_t ip_index, Facts& facts) {
    facts.src = packet.ip[ip_index].src;
    facts.dst = packet.ip[ip_index].dst;
    facts.protocol = packet.ip[ip_index].protocol;
    const Payload* udp = packet.outer_payload_of(ip_index);
    if (udp == nullptr) return;
    facts.has_ports = true;
    facts.src_port = udp->src_port;
    facts.dst_port = udp->dst_port;
}

void add_innermost(const Packet& packet, PacketFacts& facts) {
    facts.src = packet.inner().src;
    facts.dst = packet.inner().dst;
    facts.protocol = packet.protocol;
    facts.has_ports = packet.has_ports;
    facts.src_port = packet.src_port;
    facts.dst_port = packet.dst_port;
    facts.has_icmp = packet.has_icmp;
    facts.icmp_type = packet.icmp_type;
    facts.icmp_code = packet.icmp_code;
}

}  // namespace

PacketFacts packet_facts(const PacketView& view, const Packet& packet, size_t ip_index) {
    PacketFacts facts;
    facts.time = view.time;
    facts.ordinal = view.ordinal;
    facts.interface = view.interface;
    facts.hook = view.hook;
    facts.generation = view.generation;
    facts.replayed = view.replayed;
    facts.wire_len = view.wire_len;
    facts.ip_depth = static_cast<uint8_t>(ip_index);
    if (ip_index + 1U == packet.ip_count) {
        add_innermost(packet, facts);
    } else {
        add_carried(packet, ip_index, facts);
    }
    if (ip_index > 0) add_carried(packet, 0, facts.tunnel);
    facts.vlan_count = packet.vlan_count;
    for (size_t i = 0; i < packet.vlan_count; ++i) facts.vlan_ids[i] = packet.vlan_ids[i];
    return facts;
}

}  // namespace peek
