// SPDX-License-Identifier: BSD-2-Clause
// PPP (RFC 1661, RFC 1662), PPPoE sessions (RFC 2516 §4) and Cisco's HDLC framing.
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr uint16_t kAddressAndControl = 0xff03;
constexpr uint16_t kPppIpv4 = 0x0021;
constexpr uint16_t kPppIpv6 = 0x0057;
constexpr uint16_t kPppMpls = 0x0281;
constexpr uint16_t kPppMplsMulticast = 0x0283;
constexpr size_t kPppoeHeader = 6;
constexpr uint16_t kPppoeSession = 0x1100;  // version 1, type 1, code 0
constexpr size_t kCiscoHeader = 4;
constexpr uint16_t kCiscoUnicast = 0x0f00;
constexpr uint16_t kCiscoBroadcast = 0x8f00;

MaybeIp decode_ppp_protocol(uint16_t protocol, const Layer& rest, Packet& packet) {
    switch (protocol) {
        case kPppIpv4:
            return IpPayload{rest, IpVersion::k4};
        case kPppIpv6:
            return IpPayload{rest, IpVersion::k6};
        case kPppMpls:
        case kPppMplsMulticast:
            return decode_mpls(rest, packet);
        default:
            return std::nullopt;
    }
}

}  // namespace

MaybeIp decode_ppp(const Layer& frame, Packet& packet) {
    Layer rest = frame;
    if (rest.captured.size() >= 2 && be16(rest.captured, 0) == kAddressAndControl)
        rest = skip(rest, 2);
    if (rest.captured.empty()) return stop(packet, DecodeEvent::kPppTruncated);
    // All numbers of protocols are odd, so an odd first byte is a compressed one.
    if ((rest.captured[0] & 1) != 0)
        return decode_ppp_protocol(rest.captured[0], skip(rest, 1), packet);
    if (rest.captured.size() < 2) return stop(packet, DecodeEvent::kPppTruncated);
    return decode_ppp_protocol(be16(rest.captured, 0), skip(rest, 2), packet);
}

MaybeIp decode_pppoe(const Layer& session, Packet& packet) {
    if (session.captured.size() < kPppoeHeader) return stop(packet, DecodeEvent::kPppoeTruncated);
    if (be16(session.captured, 0) != kPppoeSession)
        return stop(packet, DecodeEvent::kPppoeBadHeader);
    if (!may_open(packet)) return std::nullopt;
    const size_t len = be16(session.captured, 4);
    const Layer rest = skip(session, kPppoeHeader);
    return decode_ppp(limit(rest, std::min(len, rest.stated_len)), packet);
}

MaybeIp decode_hdlc(const Layer& frame, Packet& packet) {
    if (frame.captured.size() < 2) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint16_t head = be16(frame.captured, 0);
    if (head != kCiscoUnicast && head != kCiscoBroadcast) return decode_ppp(frame, packet);
    if (frame.captured.size() < kCiscoHeader) return stop(packet, DecodeEvent::kLinkTruncated);
    const uint16_t type = be16(frame.captured, 2);
    if (type <= PEEK_ETH_LENGTH_MAX) return std::nullopt;
    return decode_ether_type(type, skip(frame, kCiscoHeader), packet);
}

}  // namespace peek::layers
