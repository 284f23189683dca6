// SPDX-License-Identifier: BSD-2-Clause
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

MaybeIp open_port(uint16_t port, const Layer& payload, Packet& packet) {
    switch (port) {
        case PEEK_PORT_VXLAN:
        case PEEK_PORT_VXLAN_GPE:
        case PEEK_PORT_VXLAN_LINUX:
            return open_vxlan(payload, packet);
        case PEEK_PORT_GENEVE:
            return open_geneve(payload, packet);
        case PEEK_PORT_GTP_U:
            return open_gtp(payload, packet);
        case PEEK_PORT_TEREDO:
            return open_teredo(payload, packet);
        default:
            return std::nullopt;
    }
}

}  // namespace

MaybeIp open_protocol(const Layer& ip_payload, Packet& packet) {
    switch (packet.protocol) {
        case PEEK_PROTOCOL_IPV4:
            if (!may_open(packet)) return std::nullopt;
            return IpPayload{ip_payload, IpVersion::k4};
        case PEEK_PROTOCOL_IPV6:
            if (!may_open(packet)) return std::nullopt;
            return IpPayload{ip_payload, IpVersion::k6};
        case PEEK_PROTOCOL_GRE:
            return open_gre(ip_payload, packet);
        default:
            return std::nullopt;
    }
}

MaybeIp open_udp(const Layer& udp_payload, Packet& packet) {
    const MaybeIp inner = open_port(packet.dst_port, udp_payload, packet);
    if (inner || packet.src_port == packet.dst_port) return inner;
    return open_port(packet.src_port, udp_payload, packet);
}

}  // namespace peek::layers
