// SPDX-License-Identifier: BSD-2-Clause
// RFC 3032, RFC 4448. Nothing in a label stack says what it carries. Routers look at the first half
// byte (RFC 4928): 4 and 6 are IP, 0 the control word of a pseudo-wire. A pseudo-wire without one
// begins with a MAC address and so with any half byte; it is believed where a known EtherType
// stands and no other reading holds.
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr size_t kLabel = 4;
constexpr size_t kControlWord = 4;
constexpr size_t kEthernetHeader = 14;
constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;

int first_half_byte(const Layer& layer) {
    return layer.captured.empty() ? -1 : layer.captured[0] >> 4;
}

bool holds_ipv4(const Layer& layer) {
    const auto& bytes = layer.captured;
    if (bytes.size() < kIpv4Header) return false;
    const size_t header_len = (bytes[0] & 0x0fU) * 4;
    const size_t total_len = be16(bytes, 2);
    return header_len >= kIpv4Header && header_len <= total_len && total_len <= layer.stated_len;
}

bool holds_ip(const Layer& layer) {
    const auto& bytes = layer.captured;
    switch (first_half_byte(layer)) {
        case 4:
            return holds_ipv4(layer);
        case 6:
            return bytes.size() >= kIpv6Header && be16(bytes, 4) + kIpv6Header <= layer.stated_len;
        default:
            return false;
    }
}

bool holds_ethernet(const Layer& layer) {
    if (layer.captured.size() < kEthernetHeader) return false;
    const uint16_t type = be16(layer.captured, 12);
    const int half_byte = first_half_byte(skip(layer, kEthernetHeader));
    if (type == PEEK_ETH_IPV4) return half_byte == 4;
    if (type == PEEK_ETH_IPV6) return half_byte == 6;
    return peek_opens_vlan_tag(type) != 0 || type == PEEK_ETH_MPLS;
}

// RFC 4448 §4.6: a sequence number behind 16 bits of zero.
bool begins_with_control_word(const Layer& layer) {
    return layer.captured.size() >= kControlWord && be16(layer.captured, 0) == 0;
}

MaybeIp decode_behind_labels(const Layer& rest, Packet& packet) {
    if (holds_ip(rest)) return IpPayload{rest, IpVersion::kByNibble};
    const int half_byte = first_half_byte(rest);
    const bool plain = holds_ethernet(rest);
    const bool controlled =
        begins_with_control_word(rest) && holds_ethernet(skip(rest, kControlWord));
    if (plain && !controlled) return decode_ethernet(rest, packet);
    if (controlled && !plain) return decode_ethernet(skip(rest, kControlWord), packet);
    if (half_byte == 4 || half_byte == 6) return IpPayload{rest, IpVersion::kByNibble};
    return stop(packet, DecodeEvent::kMplsPayloadUnknown);
}

}  // namespace

MaybeIp decode_mpls(const Layer& stack, Packet& packet) {
    if (!may_open(packet)) return std::nullopt;
    Layer rest = stack;
    for (bool bottom = false; !bottom; rest = skip(rest, kLabel)) {
        if (rest.captured.size() < kLabel) return stop(packet, DecodeEvent::kMplsTruncated);
        bottom = (rest.captured[2] & 1) != 0;
    }
    return decode_behind_labels(rest, packet);
}

}  // namespace peek::layers
