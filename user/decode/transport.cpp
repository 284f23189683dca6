// SPDX-License-Identifier: BSD-2-Clause
#include <netinet/in.h>

#include "decode/bytes.h"
#include "decode/layers.h"
#include "decode/transport_header.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kSctpHeader = 12;
constexpr size_t kIcmpHeader = 4;

void decode_tcp(const Layer& segment, Packet& packet) {
    const Bytes bytes = segment.captured;
    if (bytes.size() < kTcpHeader) {
        packet.event = DecodeEvent::kTcpTruncated;
        return;
    }
    read_ports(Transport::kTcp, bytes, packet);
    const size_t header_len = tcp_header_len(bytes);
    if (header_len == 0) {
        packet.event = DecodeEvent::kTcpBadOffset;
        return;
    }
    read_tcp(bytes, header_len, segment.stated_len, packet);
}

void decode_udp(const Layer& datagram, Packet& packet) {
    const Bytes bytes = datagram.captured;
    if (bytes.size() < kUdpHeader) {
        packet.event = DecodeEvent::kUdpTruncated;
        return;
    }
    read_ports(Transport::kUdp, bytes, packet);
    // Length 0 is what segmentation offload and jumbograms (RFC 2675 §4) write.
    const size_t udp_len = udp_length(bytes) == 0 ? datagram.stated_len : udp_length(bytes);
    if (udp_len < kUdpHeader) {
        packet.event = DecodeEvent::kUdpBadLength;
        return;
    }
    read_udp(bytes, udp_len, packet);
}

void decode_sctp(const Layer& layer, Packet& packet) {
    if (layer.captured.size() < kSctpHeader) {
        packet.event = DecodeEvent::kSctpTruncated;
        return;
    }
    read_ports(Transport::kSctp, layer.captured, packet);
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
