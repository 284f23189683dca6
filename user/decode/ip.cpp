// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "decode/bytes.h"
#include "decode/layers.h"

namespace peek::layers {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;

// 0 is what segmentation offload writes into packets too large for the field: the packet then ends
// with the frame.
Layer limit_to_packet(const Layer& layer, size_t stated_len) {
    return stated_len == 0 ? layer : limit(layer, stated_len);
}

// Called once for IPv4 and for each IPv6 fragment header; never after a non-zero offset.
// `rest`: what follows the header. `offset` in units of eight bytes.
void note_fragment(uint8_t protocol, uint32_t id, uint32_t offset, bool more, const Layer& rest,
                   Packet& packet) {
    if (more || offset != 0)
        packet.fragment_facts = {.protocol = protocol,
                                 .id = id,
                                 .offset = offset * 8,
                                 .more = more,
                                 .bytes = rest.captured,
                                 .stated_len = static_cast<uint32_t>(rest.stated_len)};
    packet.fragment = packet.fragment || more || offset != 0;
    packet.first_fragment = packet.fragment && offset == 0;
}

bool is_later_fragment(const Packet& packet) {
    return packet.fragment && !packet.first_fragment;
}

// The layer that was the innermost until now becomes an outer one: a packet was found in it.
void enter_tunnel(Packet& packet) {
    packet.ip[packet.ip_count - 1U].protocol = packet.protocol;
    if (packet.transport == Transport::kUdp)
        packet.tunnels[packet.tunnel_count++] = packet.inner_payload();
    packet.transport = Transport::kNone;
    packet.has_ports = false;
    packet.src_port = packet.dst_port = 0;
    packet.payload = {};
    packet.payload_len = 0;
}

inline void add_ip(const IpAddress& src, const IpAddress& dst, uint8_t protocol, Packet& packet) {
    if (packet.ip_count > 0) enter_tunnel(packet);
    packet.protocol = protocol;
    IpLayer& layer = packet.ip[packet.ip_count++];
    layer.src = src;
    layer.dst = dst;
    layer.protocol = protocol;
}

std::optional<Layer> decode_ipv4(const Layer& link_payload, Packet& packet) {
    const Bytes bytes = link_payload.captured;
    if (bytes.size() < kIpv4Header) return stop(packet, DecodeEvent::kIpTruncated);
    if (bytes[0] >> 4 != 4) return stop(packet, DecodeEvent::kIpBadVersion);
    const size_t header_len = (bytes[0] & 0x0fU) * size_t{4};
    if (header_len < kIpv4Header) return stop(packet, DecodeEvent::kIpBadHeaderLength);

    add_ip(IpAddress::v4(bytes.subspan<12, 4>()), IpAddress::v4(bytes.subspan<16, 4>()), bytes[9],
           packet);
    const uint16_t fragment = be16(bytes, 6) & 0x3fff;  // 0x2000: more to come; the offset
    const bool more = (fragment & 0x2000) != 0;
    if (fragment != 0) note_fragment(bytes[9], be16(bytes, 4), fragment & 0x1fff, more, {}, packet);

    const size_t total_len = be16(bytes, 2);
    if (total_len != 0 && total_len < header_len) {
        return stop(packet, DecodeEvent::kIpBadTotalLength);
    }
    if (bytes.size() < header_len) return stop(packet, DecodeEvent::kIpOptionsTruncated);
    const Layer rest = skip(limit_to_packet(link_payload, total_len), header_len);
    if (fragment == 0) return rest;
    note_fragment(bytes[9], be16(bytes, 4), fragment & 0x1fff, more, rest, packet);
    if (is_later_fragment(packet)) return std::nullopt;
    return rest;
}

// What a jumbo payload option states; 0 if the header does not begin with one.
size_t jumbo_len(Bytes hop_by_hop) {
    return be16(hop_by_hop, 2) == PEEK_IPV6_JUMBO ? be32(hop_by_hop, 4) : 0;
}

// Follows the chain of extension headers; packet.protocol is the type of the next one throughout.
// `jumbo`: the IPv6 header states no length.
std::optional<Layer> skip_extensions(Layer rest, bool jumbo, Packet& packet) {
    for (int count = 0; peek_is_ipv6_extension(packet.protocol) != 0; ++count) {
        if (count == PEEK_MAX_IPV6_EXTENSIONS) return stop(packet, DecodeEvent::kExtensionTooMany);
        if (rest.captured.size() < 8) return stop(packet, DecodeEvent::kExtensionTruncated);
        if (count == 0 && jumbo && packet.protocol == PEEK_IPV6_HOP_BY_HOP)
            rest = limit_to_packet(rest, jumbo_len(rest.captured));
        const Bytes bytes = rest.captured;
        if (bytes.size() < 8) return stop(packet, DecodeEvent::kExtensionTruncated);
        const size_t len = peek_ipv6_extension_bytes(packet.protocol, bytes[1]);
        if (bytes.size() < len) return stop(packet, DecodeEvent::kExtensionTruncated);
        if (packet.protocol == PEEK_IPV6_FRAGMENT) {
            note_fragment(bytes[0], be32(bytes, 4), be16(bytes, 2) >> 3, (bytes[3] & 1) != 0,
                          skip(rest, len), packet);
        }
        packet.protocol = bytes[0];
        if (is_later_fragment(packet)) return std::nullopt;
        rest = skip(rest, len);
    }
    return rest;
}

std::optional<Layer> decode_ipv6(const Layer& link_payload, Packet& packet) {
    const Bytes bytes = link_payload.captured;
    if (bytes.size() < kIpv6Header) return stop(packet, DecodeEvent::kIpTruncated);
    if (bytes[0] >> 4 != 6) return stop(packet, DecodeEvent::kIpBadVersion);
    add_ip(IpAddress::v6(bytes.subspan<8, 16>()), IpAddress::v6(bytes.subspan<24, 16>()), bytes[6],
           packet);
    const size_t payload_len = be16(bytes, 4);
    return skip_extensions(limit_to_packet(skip(link_payload, kIpv6Header), payload_len),
                           payload_len == 0, packet);
}

}  // namespace

std::optional<Layer> decode_ip(const IpPayload& link_payload, Packet& packet) {
    const Layer& layer = link_payload.layer;
    switch (link_payload.version) {
        case IpVersion::k4:
            return decode_ipv4(layer, packet);
        case IpVersion::k6:
            return decode_ipv6(layer, packet);
        case IpVersion::kByNibble:
            break;
    }
    if (layer.captured.empty()) return stop(packet, DecodeEvent::kIpTruncated);
    return layer.captured[0] >> 4 == 6 ? decode_ipv6(layer, packet) : decode_ipv4(layer, packet);
}

std::optional<Layer> decode_datagram(const Layer& datagram, Packet& packet) {
    if (packet.inner().src.version() == 4) return datagram;
    return skip_extensions(datagram, false, packet);
}

}  // namespace peek::layers
