// SPDX-License-Identifier: BSD-2-Clause
#include "decode/link.h"

#include <algorithm>

#include "decode/bytes.h"

namespace peek::layers {
namespace {

constexpr size_t kCookedHeader = 16;
constexpr size_t kCooked2Header = 20;
constexpr size_t kNullHeader = 4;
constexpr uint16_t kCookedLlc = 4;  // LINUX_SLL_P_802_2

// `type_at`: where in the header, `header_len` bytes long, the protocol stands.
MaybeIp decode_cooked(const Layer& frame, size_t header_len, size_t type_at, Packet& packet) {
    if (frame.captured.size() < header_len) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint16_t type = be16(frame.captured, type_at);
    if (type == kCookedLlc) return decode_llc(skip(frame, header_len), packet);
    if (type <= PEEK_ETH_LENGTH_MAX) return std::nullopt;
    return decode_ether_type(type, skip(frame, header_len), packet);
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

MaybeIp decode_family(const Layer& frame, bool either_order, Packet& packet) {
    if (frame.captured.size() < kNullHeader) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint32_t family = be32(frame.captured, 0);
    auto version = ip_version_of_family(family);
    if (!version && either_order) version = ip_version_of_family(__builtin_bswap32(family));
    if (!version) return stop(packet, DecodeEvent::kLinkUnknown);
    return IpPayload{skip(frame, kNullHeader), *version};
}

MaybeIp decode_directed_ppp(const Layer& frame, Packet& packet) {
    if (frame.captured.empty()) return stop(packet, DecodeEvent::kLinkTruncated);
    return decode_ppp(skip(frame, 1), packet);
}

}  // namespace

MaybeIp decode_link(const PacketView& view, Packet& packet) {
    if (view.vlan_tci) packet.vlan_ids[packet.vlan_count++] = *view.vlan_tci & 0x0fff;
    const Layer frame{view.bytes, std::max<size_t>(view.wire_len, view.bytes.size())};
    switch (view.link) {
        case LinkType::kEthernet:
            return decode_ethernet(frame, packet);
        case LinkType::kRawIp:
            return IpPayload{frame, IpVersion::kByNibble};
        case LinkType::kLinuxCooked:
            return decode_cooked(frame, kCookedHeader, 14, packet);
        case LinkType::kLinuxCooked2:
            return decode_cooked(frame, kCooked2Header, 0, packet);
        case LinkType::kNullHost:
            return decode_family(frame, true, packet);
        case LinkType::kNullNetwork:
            return decode_family(frame, false, packet);
        case LinkType::kIeee80211:
            return decode_wlan(frame, false, packet);
        case LinkType::kRadiotap:
            return decode_radiotap(frame, packet);
        case LinkType::kPpp:
            return decode_ppp(frame, packet);
        case LinkType::kPppSerial:
        case LinkType::kCiscoHdlc:
            return decode_hdlc(frame, packet);
        case LinkType::kPppDirection:
            return decode_directed_ppp(frame, packet);
        case LinkType::kPppoe:
            return decode_pppoe(frame, packet);
        case LinkType::kNflog:
            return decode_nflog(frame, packet);
        case LinkType::kLlc:
            return decode_llc(frame, packet);
    }
    return stop(packet, DecodeEvent::kLinkUnknown);
}

}  // namespace peek::layers
