// SPDX-License-Identifier: BSD-2-Clause
#include <netinet/in.h>

#include <algorithm>

#include "decode/bytes.h"
#include "decode/layers.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kTcpHeader = 20;
constexpr size_t kUdpHeader = 8;
constexpr size_t kSctpHeader = 12;
constexpr size_t kIcmpHeader = 4;
constexpr uint8_t kSyn = 0x02;
constexpr uint8_t kUrg = 0x20;

void begin(Transport transport, Bytes header, Packet& packet) {
    packet.transport = transport;
    packet.has_ports = true;
    packet.src_port = be16(header, 0);
    packet.dst_port = be16(header, 2);
}

void decode_tcp(const Layer& segment, Packet& packet) {
    const Bytes bytes = segment.captured;
    if (bytes.size() < kTcpHeader) {
        packet.event = DecodeEvent::kTcpTruncated;
        return;
    }
    begin(Transport::kTcp, bytes, packet);
    const size_t header_len = (bytes[12] >> 4) * size_t{4};
    if (header_len < kTcpHeader || header_len > bytes.size()) {
        packet.event = DecodeEvent::kTcpBadOffset;
        return;
    }
    packet.tcp_flags = bytes[13];
    // RFC 9293 §3.4: a SYN takes the number in front of its data.
    packet.tcp_seq = be32(bytes, 4) + ((packet.tcp_flags & kSyn) != 0 ? 1 : 0);
    // Linux takes a pointer of 0 for the first byte, as it does 1.
    if ((packet.tcp_flags & kUrg) != 0) packet.tcp_urgent = std::max<uint16_t>(be16(bytes, 18), 1);
    packet.payload = bytes.subspan(header_len);
    packet.payload_len = static_cast<uint32_t>(segment.stated_len - header_len);
}

void decode_udp(const Layer& datagram, Packet& packet) {
    const Bytes bytes = datagram.captured;
    if (bytes.size() < kUdpHeader) {
        packet.event = DecodeEvent::kUdpTruncated;
        return;
    }
    begin(Transport::kUdp, bytes, packet);
    // Length 0 is what segmentation offload and jumbograms (RFC 2675 §4) write.
    const size_t udp_len = be16(bytes, 4) == 0 ? datagram.stated_len : be16(bytes, 4);
    if (udp_len < kUdpHeader) {
        packet.event = DecodeEvent::kUdpBadLength;
        return;
    }
    packet.payload = bytes.first(std::min(udp_len, bytes.size())).subspan(kUdpHeader);
    packet.payload_len = static_cast<uint32_t>(udp_len - kUdpHeader);
}

void decode_sctp(const Layer& layer, Packet& packet) {
    if (layer.captured.size() < kSctpHeader) {
        packet.event = DecodeEvent::kSctpTruncated;
        return;
    }
    begin(Transport::kSctp, layer.captured, packet);
}

void decode_icmp(Transport transport, const Layer& layer, Packet& packet) {
    if (layer.captured.size() < kIcmpHeader) {
        packet.event = DecodeEvent::kIcmpTruncated;
        return;
    }
    packet.transport = transport;
    packet.has_icmp = true;
    packet.icmp_type = layer.captured[0];
    packet.icmp_code = layer.captured[1];
}

}  // namespace

MaybeIp decode_transport(const Layer& ip_payload, Packet& packet) {
    switch (packet.protocol) {
        case IPPROTO_TCP:
            decode_tcp(ip_payload, packet);
            break;
        case IPPROTO_UDP:
            decode_udp(ip_payload, packet);
            if (packet.fragment || packet.payload.empty()) break;
            if (peek_port_is_opened(packet.src_port) || peek_port_is_opened(packet.dst_port))
                return open_udp({packet.payload, packet.payload_len}, packet);
            break;
        case IPPROTO_SCTP:
            decode_sctp(ip_payload, packet);
            break;
        case IPPROTO_ICMP:
            decode_icmp(Transport::kIcmp, ip_payload, packet);
            break;
        case IPPROTO_ICMPV6:
            decode_icmp(Transport::kIcmpv6, ip_payload, packet);
            break;
        default:
            packet.transport = Transport::kOther;
            if (!packet.fragment) return open_protocol(ip_payload, packet);
    }
    return std::nullopt;
}

}  // namespace peek::layers
