// SPDX-License-Identifier: BSD-2-Clause
#include "decode/tunnel.h"

namespace peek::layers {

bool may_open(Packet& packet) {
    if (packet.encapsulations == PEEK_MAX_ENCAPSULATIONS) {
        packet.event = DecodeEvent::kTunnelTooDeep;
        return false;
    }
    ++packet.encapsulations;
    return true;
}

std::optional<IpPayload> open_protocol(const Layer& ip_payload, Packet& packet) {
    switch (packet.protocol) {
        case PEEK_PROTOCOL_IPV4:
            if (!may_open(packet)) return std::nullopt;
            return IpPayload{ip_payload, IpVersion::k4};
        case PEEK_PROTOCOL_IPV6:
            if (!may_open(packet)) return std::nullopt;
            return IpPayload{ip_payload, IpVersion::k6};
        default:
            return std::nullopt;
    }
}

std::optional<IpPayload> open_udp(const Layer&, Packet&) {
    return std::nullopt;
}

}  // namespace peek::layers
