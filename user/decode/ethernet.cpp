// SPDX-License-Identifier: BSD-2-Clause
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr size_t kEthernetHeader = 14;
constexpr size_t kVlanTag = 4;

// Tags of the frame that carries the outermost IP header; of tunnelled frames nobody asks.
void add_vlan(uint16_t tci, Packet& packet) {
    if (packet.ip_count == 0 && packet.vlan_count < packet.vlan_ids.size())
        packet.vlan_ids[packet.vlan_count++] = tci & 0x0fff;
}

}  // namespace

MaybeIp decode_ethernet(const Layer& frame, Packet& packet) {
    if (frame.captured.size() < kEthernetHeader) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint16_t type = be16(frame.captured, 12);
    if (type == PEEK_ETH_IPV4) return IpPayload{skip(frame, kEthernetHeader), IpVersion::k4};
    return decode_ether_type(type, skip(frame, kEthernetHeader), packet);
}

MaybeIp decode_ether_type(uint16_t type, const Layer& payload, Packet& packet) {
    Layer rest = payload;
    for (int tags = 0; peek_opens_vlan_tag(type) != 0; ++tags) {
        if (tags == PEEK_MAX_VLAN_TAGS) return stop(packet, DecodeEvent::kVlanTooMany);
        if (rest.captured.size() < kVlanTag) return stop(packet, DecodeEvent::kVlanTruncated);
        add_vlan(be16(rest.captured, 0), packet);
        type = be16(rest.captured, 2);
        rest = skip(rest, kVlanTag);
    }
    switch (type) {
        case PEEK_ETH_IPV4:
            return IpPayload{rest, IpVersion::k4};
        case PEEK_ETH_IPV6:
            return IpPayload{rest, IpVersion::k6};
        case PEEK_ETH_MPLS:
        case PEEK_ETH_MPLS_UPSTREAM:
            return decode_mpls(rest, packet);
        case PEEK_ETH_PPPOE_SESSION:
            return decode_pppoe(rest, packet);
        default:
            break;
    }
    if (type > PEEK_ETH_LENGTH_MAX) return std::nullopt;
    return decode_llc(limit(rest, std::min<size_t>(type, rest.stated_len)), packet);
}

}  // namespace peek::layers
