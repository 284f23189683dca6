// SPDX-License-Identifier: BSD-2-Clause
// Nearly every packet: an IP header without fragments or extension headers, then TCP or UDP, all of
// it sane. In one straight line, a fifth of what layer by layer takes.
#include <netinet/in.h>

#include <algorithm>

#include "decode/bytes.h"
#include "decode/layers.h"
#include "decode/transport_header.h"

namespace peek::layers {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;

// An IP header that is plain, and what follows it; len 0: it is not.
struct Header {
    size_t len = 0;
    size_t stated_len = 0;  // of what follows
    uint8_t protocol = 0;
};

Header ipv4_header(Bytes bytes) {
    if (bytes.size() < kIpv4Header) return {};
    const size_t header_len = (bytes[0] & 0x0fU) * size_t{4};
    const size_t total_len = be16(bytes, 2);
    if (header_len < kIpv4Header || total_len < header_len || bytes.size() < header_len ||
        (be16(bytes, 6) & 0x3fff) != 0)
        return {};
    return {header_len, total_len - header_len, bytes[9]};
}

Header ipv6_header(Bytes bytes) {
    if (bytes.size() < kIpv6Header) return {};
    const size_t payload_len = be16(bytes, 4);
    return payload_len == 0 ? Header{} : Header{kIpv6Header, payload_len, bytes[6]};
}

bool decode_tcp(Bytes segment, size_t stated_len, Packet& packet) {
    const size_t header_len = segment.size() < kTcpHeader ? 0 : tcp_header_len(segment);
    if (header_len == 0) return false;
    read_ports(Transport::kTcp, segment, packet);
    read_tcp(segment, header_len, stated_len, packet);
    return true;
}

bool decode_udp(Bytes datagram, Packet& packet) {
    if (datagram.size() < kUdpHeader || udp_length(datagram) < kUdpHeader ||
        peek_port_is_opened(be16(datagram, 0)) || peek_port_is_opened(be16(datagram, 2)))
        return false;
    read_ports(Transport::kUdp, datagram, packet);
    read_udp(datagram, udp_length(datagram), packet);
    return true;
}

}  // namespace

bool decode_plain(const IpPayload& ip_packet, Packet& packet) {
    const Bytes bytes = ip_packet.layer.captured;
    const unsigned version = bytes.empty() ? 0 : bytes[0] >> 4;
    const bool v4 = version == 4 && ip_packet.version != IpVersion::k6;
    const bool v6 = version == 6 && ip_packet.version != IpVersion::k4;
    const Header header = v4 ? ipv4_header(bytes) : v6 ? ipv6_header(bytes) : Header{};
    if (header.len == 0) return false;
    const Bytes rest =
        bytes.first(std::min(bytes.size(), header.len + header.stated_len)).subspan(header.len);
    if (header.protocol == IPPROTO_TCP) {
        if (!decode_tcp(rest, header.stated_len, packet)) return false;
    } else if (header.protocol != IPPROTO_UDP || !decode_udp(rest, packet)) {
        return false;
    }
    packet.protocol = header.protocol;
    packet.ip_count = 1;
    packet.ip[0].protocol = header.protocol;
    packet.ip[0].src =
        v4 ? IpAddress::v4(bytes.subspan<12, 4>()) : IpAddress::v6(bytes.subspan<8, 16>());
    packet.ip[0].dst =
        v4 ? IpAddress::v4(bytes.subspan<16, 4>()) : IpAddress::v6(bytes.subspan<24, 16>());
    return true;
}

}  // namespace peek::layers
