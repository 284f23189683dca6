// SPDX-License-Identifier: BSD-2-Clause
// Packet: what the headers of one frame say. Filled by decode() without allocation; every span
// points into the frame and lives as long as it.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "util/ip_address.h"

namespace peek {

// Why decoding stopped before the payload. Each is a named counter; none is an error: what was
// decoded up to there is valid and is inspected.
enum class DecodeEvent : uint8_t {
    kNone,
    kLinkTruncated,  // frame shorter than its link header
    kLinkUnknown,    // NULL/LOOP address family or cooked header that is not understood
    kVlanTruncated,
    kVlanTooMany,         // more than PEEK_MAX_VLAN_TAGS in the frame
    kIpTruncated,         // fixed header cut off
    kIpBadVersion,        // version nibble contradicts the EtherType
    kIpBadHeaderLength,   // IPv4 IHL below 5
    kIpOptionsTruncated,  // IPv4 options run past the packet; the addresses are valid
    kIpBadTotalLength,    // IPv4 total length below the header length; the addresses are valid
    kExtensionTruncated,  // an IPv6 extension header runs past the packet
    kExtensionTooMany,    // more than PEEK_MAX_IPV6_EXTENSIONS
    kTcpTruncated,
    kTcpBadOffset,  // data offset below 5 or past the packet; the ports are valid
    kUdpTruncated,
    kUdpBadLength,  // UDP length 1 … 7; the ports are valid
    kSctpTruncated,
    kIcmpTruncated,  // ICMP and ICMPv6: shorter than type, code and checksum
    kTunnelTooDeep,  // more than PEEK_MAX_ENCAPSULATIONS; the packets outside it are inspected
    kLlcTruncated,
    kMplsTruncated,       // the label stack has no bottom
    kMplsPayloadUnknown,  // neither IP nor an Ethernet frame that could be nothing else
    kPppTruncated,
    kPppoeTruncated,
    kPppoeBadHeader,  // version, type or code of no session packet
    kWlanTruncated,   // IEEE 802.11
    kWlanProtected,   // encrypted
    kWlanFragment,    // a later fragment of an 802.11 frame: nothing of it is decoded
    kWlanAmsduRest,   // an A-MSDU: only its first frame is decoded
    kRadiotapTruncated,
    kRadiotapBadHeader,
    kNflogTruncated,
    kNflogNoPayload,
    kGreTruncated,
    kGreBadHeader,  // an unknown version, or source routing (RFC 1701)
    kErspanTruncated,
    kErspanBadHeader,  // a version that contradicts the GRE protocol
    kVxlanUnknown,     // GPE: a next protocol that is not followed
    kGeneveTruncated,
    kGtpTruncated,
    kGtpBadExtension,  // an extension header of length 0
    kTeredoTruncated,
    kCount
};
constexpr bool is_blind(DecodeEvent event) {
    return event == DecodeEvent::kVlanTooMany || event == DecodeEvent::kExtensionTooMany ||
           event == DecodeEvent::kTunnelTooDeep;
}
std::string_view decode_event_name(DecodeEvent event);  // "ipv4_bad_header_length", …

// One IPv4 or IPv6 header that decode() followed.
struct IpLayer {
    IpAddress src;
    IpAddress dst;
    uint8_t protocol;  // IANA number of what it carries, after IPv6 extension headers
};

enum class Transport : uint8_t {
    kNone,
    kTcp,
    kUdp,
    kSctp,
    kIcmp,
    kIcmpv6,
    kOther
};

inline constexpr size_t kMaxIpLayers = PEEK_MAX_IP_LAYERS;

// What reassembly needs of a fragment. `bytes`: what follows the IPv4 header or the IPv6 fragment
// header, within the stated lengths and what was captured; stated_len may be more.
struct FragmentFacts {
    uint8_t protocol = 0;  // that the fragment with offset 0 begins with, extension headers too
    uint32_t id = 0;       // the identification field, host byte order
    uint32_t offset = 0;   // in bytes
    bool more = false;
    std::span<const uint8_t> bytes;
    uint32_t stated_len = 0;
};

// A TCP or UDP payload: what follows the header, within the lengths that the headers state and the
// bytes that were captured. No Ethernet padding, nothing past the UDP length.
struct Payload {
    uint8_t ip_index;  // of the IP layer that carries it
    Transport transport;
    uint16_t src_port;  // host byte order
    uint16_t dst_port;
    std::span<const uint8_t> bytes;
    uint32_t stated_len;  // as the headers state it; bytes.size() is less when truncated
};

// What decode() writes for every packet. All but the counts tells of the innermost IP layer.
struct PacketHeaders {
    uint8_t vlan_count = 0;
    uint8_t ip_count = 0;      // valid entries of `ip`; 0: not an IP packet
    uint8_t tunnel_count = 0;  // valid entries of `tunnels`
    // Of a reassembled datagram: so many of them, the first ones, are around its last fragment.
    uint8_t fragment_tunnels = 0;
    uint8_t encapsulations = 0;  // opened so far, at most PEEK_MAX_ENCAPSULATIONS
    uint8_t protocol = 0;        // IANA protocol number after IPv6 extension headers
    // Fragmented: a non-zero offset, or more to come. An atomic fragment (RFC 6946) is not one. Of
    // several IPv6 fragment headers, one that is not atomic is enough, and the first with a
    // non-zero offset ends decoding. A tunnel in a fragment is not opened.
    bool fragment = false;
    bool first_fragment = false;  // fragment with offset 0: its transport header is decoded
    Transport transport = Transport::kNone;  // kNone also for later fragments and cut headers
    bool has_ports = false;                  // TCP, UDP and SCTP with a whole header
    uint16_t src_port = 0;                   // host byte order
    uint16_t dst_port = 0;
    // RFC 9293 §3.1, low eight bits; 0 also after kTcpBadOffset: such a segment is no probe.
    uint8_t tcp_flags = 0;
    uint32_t tcp_seq = 0;          // of the segment's first payload byte, a SYN's own counted
    uint16_t tcp_urgent = 0;       // urgent pointer, at least 1; 0 without URG
    FragmentFacts fragment_facts;  // with `fragment`
    bool has_icmp = false;         // ICMP and ICMPv6 with a whole header
    uint8_t icmp_type = 0;
    uint8_t icmp_code = 0;
    std::span<const uint8_t> payload;  // TCP and UDP only, see struct Payload
    uint32_t payload_len = 0;          // stated
    DecodeEvent event = DecodeEvent::kNone;
};

// The arrays are not cleared between packets: only what the counts cover is valid.
struct Packet : PacketHeaders {
    std::array<uint16_t, PEEK_MAX_VLAN_TAGS + 1> vlan_ids;  // outermost first; VID only
    std::array<IpLayer, kMaxIpLayers> ip;  // outermost first; [ip_count - 1] carries the transport
    std::array<Payload, PEEK_MAX_ENCAPSULATIONS> tunnels;

    const IpLayer& inner() const { return ip[ip_count - 1U]; }

    // Payloads of the UDP datagrams in which the innermost packet was found, outermost first. Each
    // contains those behind it and `payload`: a search of the first one sees all bytes.
    // Those around fragments, which contain a fragment and not the datagram, are not among them.
    std::span<const Payload> outer_payloads() const {
        return std::span(tunnels.data(), tunnel_count).subspan(fragment_tunnels);
    }

    // `payload` in the same form.
    Payload inner_payload() const {
        return {static_cast<uint8_t>(ip_count - 1),
                transport,
                src_port,
                dst_port,
                payload,
                payload_len};
    }

    // The UDP datagram that IP layer `ip_index` carries; nullptr if none, or if the layer is the
    // innermost.
    const Payload* outer_payload_of(size_t ip_index) const {
        for (const Payload& outer : std::span(tunnels.data(), tunnel_count))
            if (outer.ip_index == ip_index) return &outer;
        return nullptr;
    }

    // The payload that IP layer `ip_index` carries; empty if none.
    std::span<const uint8_t> payload_of(size_t ip_index) const {
        if (ip_index + 1 == ip_count) return payload;
        const Payload* outer = outer_payload_of(ip_index);
        return outer == nullptr ? std::span<const uint8_t>{} : outer->bytes;
    }

    // A part of the packet that contains every payload.
    std::span<const uint8_t> all_payloads() const {
        return outer_payloads().empty() ? payload : outer_payloads()[0].bytes;
    }
};

}  // namespace peek
