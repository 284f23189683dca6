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
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

void decode(const PacketView& view, Packet& out) {
    out = Packet{};
    const auto network = layers::decode_link(view, out);
    if (!network) return;
    const auto transport = layers::decode_ip(*network, out);
    if (!transport) return;
    layers::decode_transport(*transport, out);
}

}  // namespace peek
