// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "decode/bytes.h"
#include "decode/layers.h"

namespace peek::layers {
namespace {

constexpr size_t kEthernetHeader = 14;
constexpr size_t kCookedHeader = 16;
constexpr size_t kCooked2Header = 20;
constexpr size_t kNullHeader = 4;
constexpr size_t kVlanTag = 4;

// What follows the first `header_len` bytes of the frame.
Layer behind(const PacketView& view, size_t header_len) {
    const size_t frame_len = std::max<size_t>(view.wire_len, view.bytes.size());
    return {view.bytes.subspan(header_len), frame_len - header_len};
}

void add_vlan(uint16_t tci, Packet& packet) {
    packet.vlan_ids[packet.vlan_count++] = tci & 0x0fff;
}

// Tags and the payload behind a header that ends with, or holds, an EtherType.
std::optional<IpPayload> decode_ether_type(const PacketView& view, size_t header_len,
                                           size_t type_at, Packet& packet) {
    if (view.bytes.size() < header_len) return stop(packet, DecodeEvent::kLinkTruncated);
    uint16_t type = be16(view.bytes, type_at);
    size_t at = header_len;
    for (int tags = 0; peek_opens_vlan_tag(type) != 0; ++tags) {
        if (tags == PEEK_MAX_VLAN_TAGS) return stop(packet, DecodeEvent::kVlanTooMany);
        if (view.bytes.size() - at < kVlanTag) return stop(packet, DecodeEvent::kVlanTruncated);
        add_vlan(be16(view.bytes, at), packet);
        type = be16(view.bytes, at + 2);
        at += kVlanTag;
    }
    if (type == PEEK_ETH_IPV4) return IpPayload{behind(view, at), IpVersion::k4};
    if (type == PEEK_ETH_IPV6) return IpPayload{behind(view, at), IpVersion::k6};
    return std::nullopt;
}

// AF_INET is 2 everywhere; AF_INET6 is the number of the system that wrote the capture.
std::optional<IpVersion> ip_version_of_family(uint32_t family) {
    switch (family) {
        case 2:
            return IpVersion::k4;
        case 10:  // Linux
        case 24:  // NetBSD, OpenBSD
        case 28:  // FreeBSD
        case 30:  // macOS
            return IpVersion::k6;
        default:
            return std::nullopt;
    }
}

std::optional<IpPayload> decode_family(const PacketView& view, bool either_order, Packet& packet) {
    if (view.bytes.size() < kNullHeader) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint32_t family = be32(view.bytes, 0);
    auto version = ip_version_of_family(family);
    if (!version && either_order) version = ip_version_of_family(__builtin_bswap32(family));
    if (!version) return stop(packet, DecodeEvent::kLinkUnknown);
    return IpPayload{behind(view, kNullHeader), *version};
}

}  // namespace

std::optional<IpPayload> decode_link(const PacketView& view, Packet& packet) {
    if (view.vlan_tci) add_vlan(*view.vlan_tci, packet);
    switch (view.link) {
        case LinkType::kEthernet:
            return decode_ether_type(view, kEthernetHeader, 12, packet);
        case LinkType::kRawIp:
            return IpPayload{behind(view, 0), IpVersion::kByNibble};
        case LinkType::kLinuxCooked:
            return decode_ether_type(view, kCookedHeader, 14, packet);
        case LinkType::kLinuxCooked2:
            return decode_ether_type(view, kCooked2Header, 0, packet);
        case LinkType::kNullHost:
            return decode_family(view, true, packet);
        case LinkType::kNullNetwork:
            return decode_family(view, false, packet);
        default:
            break;
    }
    return stop(packet, DecodeEvent::kLinkUnknown);
}

}  // namespace peek::layers
