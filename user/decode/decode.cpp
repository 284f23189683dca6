// SPDX-License-Identifier: BSD-2-Clause
#include "decode/decode.h"

#include "decode/layers.h"

namespace peek {

std::string_view decode_event_name(DecodeEvent event) {
    static constexpr std::array<std::string_view, static_cast<size_t>(DecodeEvent::kCount)> kNames{
        "none",
        "link_truncated",
        "link_unknown",
        "vlan_truncated",
        "vlan_too_many",
        "ip_truncated",
        "ip_bad_version",
        "ipv4_bad_header_length",
        "ipv4_options_truncated",
        "ipv4_bad_total_length",
        "ipv6_extension_truncated",
        "ipv6_extension_too_many",
        "tcp_truncated",
        "tcp_bad_offset",
        "udp_truncated",
        "udp_bad_length",
        "sctp_truncated",
        "icmp_truncated",
        "tunnel_too_deep",
        "llc_truncated",
        "mpls_truncated",
        "mpls_payload_unknown",
        "ppp_truncated",
        "pppoe_truncated",
        "pppoe_bad_header",
        "wlan_truncated",
        "wlan_protected",
        "wlan_fragment",
        "wlan_amsdu_rest",
        "radiotap_truncated",
        "radiotap_bad_header",
        "nflog_truncated",
        "nflog_no_payload",
        "gre_truncated",
        "gre_bad_header",
        "erspan_truncated",
        "erspan_bad_header",
        "vxlan_unknown",
        "geneve_truncated",
        "gtp_truncated",
        "gtp_bad_extension",
        "teredo_truncated",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

namespace {

// From the outermost IP header, or what stands behind one, to the innermost transport.
void follow(layers::MaybeIp network, Packet& packet) {
    while (network) {
        const auto transport = layers::decode_ip(*network, packet);
        network = transport ? layers::decode_transport(*transport, packet) : std::nullopt;
    }
    if (packet.ip_count > 0) packet.ip[packet.ip_count - 1U].protocol = packet.protocol;
}

}  // namespace

void decode(const PacketView& view, Packet& out) {
    static_cast<PacketHeaders&>(out) = {};
    const layers::MaybeIp network = layers::decode_link(view, out);
    if (network && !layers::decode_plain(*network, out)) follow(network, out);
}

void decode_datagram(const Packet& fragment, uint8_t protocol, std::span<const uint8_t> bytes,
                     Packet& out) {
    out = fragment;
    PacketHeaders outside;
    outside.vlan_count = fragment.vlan_count;
    outside.ip_count = fragment.ip_count;
    outside.tunnel_count = outside.fragment_tunnels = fragment.tunnel_count;
    outside.encapsulations = fragment.encapsulations;
    outside.protocol = protocol;
    static_cast<PacketHeaders&>(out) = outside;
    const auto transport = layers::decode_datagram({bytes, bytes.size()}, out);
    follow(transport ? layers::decode_transport(*transport, out) : std::nullopt, out);
}

}  // namespace peek
