// SPDX-License-Identifier: BSD-2-Clause
// Reading TCP and UDP headers, for decode_plain() and decode_transport(): the two differ in what
// they do with a header that is not sane, not in what a sane one says.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/bytes.h"
#include "decode/packet.h"

namespace peek::layers {

inline constexpr size_t kTcpHeader = 20;
inline constexpr size_t kUdpHeader = 8;

inline uint16_t udp_length(std::span<const uint8_t> header) {
    return be16(header, 4);
}

// `header` has four bytes at least.
inline void read_ports(Transport transport, std::span<const uint8_t> header, Packet& packet) {
    packet.transport = transport;
    packet.has_ports = true;
    packet.src_port = be16(header, 0);
    packet.dst_port = be16(header, 2);
}

// Bytes of a TCP header with its options (RFC 9293 §3.1); 0: they are no whole header. `segment`
// has kTcpHeader bytes at least.
inline size_t tcp_header_len(std::span<const uint8_t> segment) {
    const size_t len = (segment[12] >> 4) * size_t{4};
    return len < kTcpHeader || len > segment.size() ? 0 : len;
}

// All but the ports. `header_len` is tcp_header_len()'s and not 0; `stated_len` is what the IP
// header says of the segment.
inline void read_tcp(std::span<const uint8_t> segment, size_t header_len, size_t stated_len,
                     Packet& packet) {
    constexpr uint8_t kUrg = 0x20;
    packet.tcp_flags = segment[13];
    // RFC 9293 §3.4: a SYN takes the number in front of its data.
    packet.tcp_seq = be32(segment, 4) + ((packet.tcp_flags & PEEK_TCP_SYN) != 0 ? 1 : 0);
    // Linux takes a pointer of 0 for the first byte, as it does 1.
    if ((packet.tcp_flags & kUrg) != 0)
        packet.tcp_urgent = std::max<uint16_t>(be16(segment, 18), 1);
    packet.payload = segment.subspan(header_len);
    packet.payload_len = static_cast<uint32_t>(stated_len - header_len);
}

// The payload of `udp_len` bytes, header included, of which the datagram has what was captured.
inline void read_udp(std::span<const uint8_t> datagram, size_t udp_len, Packet& packet) {
    packet.payload = datagram.first(std::min(udp_len, datagram.size())).subspan(kUdpHeader);
    packet.payload_len = static_cast<uint32_t>(udp_len - kUdpHeader);
}

}  // namespace peek::layers
