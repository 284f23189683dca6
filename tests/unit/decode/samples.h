// SPDX-License-Identifier: BSD-2-Clause
// One frame for each form that decode() opens. All carry the same UDP datagram, from 10.0.0.1:1000
// to 10.0.0.2:53, payload "payload", or its IPv6 counterpart; tunnels go from 192.0.2.1 to
// 192.0.2.2.
#pragma once

#include "decoded.h"

namespace peek::test {

struct Sample {
    const char* name;
    LinkType link;
    Bytes frame;
    size_t ip_layers = 1;
};
inline void PrintTo(const Sample& sample, std::ostream* out) {
    *out << sample.name;
}

inline std::string sample_name(const testing::TestParamInfo<Sample>& info) {
    std::string name = info.param.name;
    for (char& c : name) {
        if (c == ' ' || c == '-') c = '_';
    }
    return name;
}

inline Frame inner4(Frame frame) {
    return frame.ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload("payload");
}
inline Frame inner6(Frame frame) {
    return frame.ipv6("2001:db8::1", "2001:db8::2").udp(1000, 53).payload("payload");
}
inline Frame outer4() {
    return eth().ipv4("192.0.2.1", "192.0.2.2");
}
inline Frame outer6() {
    return eth().ipv6("2001:db8:a::1", "2001:db8:a::2");
}
inline Frame in_udp(uint16_t port) {
    return outer4().udp(50000, port);
}

inline Bytes joined(Bytes head, const Bytes& tail) {
    head.insert(head.end(), tail.begin(), tail.end());
    return head;
}

// An authentication indicator with a client identifier of three bytes and an authentication value
// of two.
inline Bytes teredo_authentication() {
    return {0, 1, 3, 2, 'i', 'd', 's', 'a', 'a', 1, 2, 3, 4, 5, 6, 7, 8, 0};
}
inline Bytes teredo_origin() {
    return {0, 0, 0x12, 0x34, 0xff, 0xff, 0xff, 0xff};
}

// Each header of an IP packet, in all its forms, behind the plain link layers.
inline std::vector<Sample> header_samples() {
    const char* const a = "10.0.0.1";
    const char* const b = "10.0.0.2";
    const char* const a6 = "2001:db8::1";
    const char* const b6 = "2001:db8::2";
    const Bytes packet4 = raw().ipv4(a, b).tcp(1, 2).options(8).payload("payload");
    const Bytes packet6 = raw().ipv6(a6, b6).hop_by_hop(1).udp(1, 2).payload("payload");
    return {
        {"tcp", LinkType::kEthernet,
         eth().ipv4(a, b).options(12).tcp(1, 2).options(8).payload("payload").trailer(6)},
        {"udp", LinkType::kEthernet, eth().ipv4(a, b).udp(1, 2).payload("payload").trailer(6)},
        {"vlans", LinkType::kEthernet,
         eth().vlan(1).vlan(2).vlan(3).vlan(4).ipv4(a, b).sctp(1, 2).payload("x")},
        {"icmp", LinkType::kEthernet, eth().ipv4(a, b).icmp().payload("payload")},
        {"first fragment", LinkType::kEthernet,
         eth().ipv4(a, b).fragment(0, true).udp(1, 2).payload("payload")},
        {"no lengths", LinkType::kEthernet,
         eth().ipv4(a, b).total_length(0).udp(1, 2).udp_length(0).payload("payload")},
        {"extensions", LinkType::kEthernet,
         eth()
             .ipv6(a6, b6)
             .hop_by_hop()
             .routing(1)
             .authentication()
             .fragment_header(0, true)
             .destination_options()
             .tcp(1, 2)
             .payload("payload")},
        {"icmpv6", LinkType::kEthernet, eth().ipv6(a6, b6).payload_length(0).icmpv6()},
        {"raw v4", LinkType::kRawIp, packet4},
        {"raw v6", LinkType::kRawIp, packet6},
        {"cooked", LinkType::kLinuxCooked,
         joined({0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00}, packet4)},
        {"cooked2", LinkType::kLinuxCooked2,
         joined({0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}, packet6)},
        {"null", LinkType::kNullHost, joined({2, 0, 0, 0}, packet4)},
        {"loop", LinkType::kNullNetwork, joined({0, 0, 0, 30}, packet6)},
    };
}

inline std::vector<Sample> tunnel_samples() {
    const LinkType ether = LinkType::kEthernet;
    return {
        {"IP in IP", ether, inner4(outer4()), 2},
        {"6in4", ether, inner6(outer4()), 2},
        {"4in6", ether, inner4(outer6()), 2},
        {"6in6", ether, inner6(outer6()), 2},
        {"4in6 behind options", ether, inner4(outer6().destination_options()), 2},
        {"GRE", ether, inner4(outer4().gre()), 2},
        {"GRE with all fields", ether, inner6(outer4().gre(0xb000)), 2},
        {"GRE key", ether, inner4(outer6().gre(0x2000)), 2},
        {"GRE with Ethernet", ether, inner4(outer4().gre().ethernet().vlan(9)), 2},
        {"GRE with MPLS", ether, inner4(outer4().gre().mpls(16)), 2},
        {"ERSPAN I", ether, inner4(outer4().header(47, {0, 0, 0x88, 0xbe}).ethernet()), 2},
        {"ERSPAN II", ether,
         inner4(outer4()
                    .header(47, {0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0, 1, 0, 0, 0, 0})
                    .ethernet()),
         2},
        {"ERSPAN III", ether,
         inner4(outer4()
                    .header(47, {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1})
                    .header(0, {0x20, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
                    .ethernet()),
         2},
        {"ERSPAN III platform", ether,
         inner4(outer4()
                    .header(47, {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1})
                    .header(0, {0x20, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8})
                    .ethernet()),
         2},
        {"ERSPAN III of IP", ether,
         inner4(outer4()
                    .header(47, {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1})
                    .header(0, {0x20, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0x08, 0})),
         2},
        {"PPTP", ether,
         inner4(outer4()
                    .header(47, {0x30, 0x81, 0x88, 0x0b, 0, 39, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0})
                    .header(0, {0xff, 0x03, 0x00, 0x21})),
         2},
        {"VXLAN", ether, inner4(in_udp(4789).vxlan().ethernet()), 2},
        {"VXLAN on 8472", ether, inner6(in_udp(8472).vxlan().ethernet().vlan(3)), 2},
        {"VXLAN answer", ether, inner4(outer4().udp(4789, 50000).vxlan().ethernet()), 2},
        {"VXLAN with group policy", ether,
         inner4(in_udp(4789).header(0, {0x88, 0, 0, 5, 0, 0, 1, 0}).ethernet()), 2},
        {"VXLAN-GPE of IPv4", ether, inner4(in_udp(4790).header(0, {0x0c, 0, 0, 1, 0, 0, 1, 0})),
         2},
        {"VXLAN-GPE of IPv6", ether, inner6(in_udp(4790).header(0, {0x0c, 0, 0, 2, 0, 0, 1, 0})),
         2},
        {"VXLAN-GPE of Ethernet", ether,
         inner4(in_udp(4790).header(0, {0x0c, 0, 0, 3, 0, 0, 1, 0}).ethernet()), 2},
        {"VXLAN-GPE of MPLS", ether,
         inner4(in_udp(4790).header(0, {0x0c, 0, 0, 5, 0, 0, 1, 0}).mpls(16)), 2},
        {"Geneve", ether, inner4(in_udp(6081).geneve().ethernet()), 2},
        {"Geneve options", ether, inner4(in_udp(6081).geneve(5).ethernet()), 2},
        {"Geneve of IPv6", ether, inner6(in_udp(6081).geneve(1)), 2},
        {"GTP-U", ether, inner4(in_udp(2152).gtp()), 2},
        {"GTP-U sequence", ether,
         inner6(in_udp(2152).header(0, {0x32, 0xff, 0, 59, 0, 0, 0, 1, 0, 1, 0, 0})), 2},
        {"GTP-U extensions", ether,
         inner4(in_udp(2152).header(0, {0x34, 0xff, 0, 51,   0, 0, 0, 1, 0, 0, 0, 0x85,
                                        1,    9,    9, 0xc0, 2, 9, 9, 9, 9, 9, 9, 0})),
         2},
        {"Teredo", ether, inner6(in_udp(3544)), 2},
        {"Teredo origin", ether, inner6(in_udp(3544).header(0, teredo_origin())), 2},
        {"Teredo authentication", ether, inner6(in_udp(3544).header(0, teredo_authentication())),
         2},
        {"Teredo both", ether,
         inner6(in_udp(3544).header(0, joined(teredo_authentication(), teredo_origin()))), 2},
        {"VXLAN in GRE", ether,
         inner4(outer4()
                    .gre()
                    .ipv4("198.51.100.1", "198.51.100.2")
                    .udp(50000, 4789)
                    .vxlan()
                    .ethernet()),
         3},
        {"GTP-U in VXLAN", ether,
         inner4(in_udp(4789)
                    .vxlan()
                    .ethernet()
                    .ipv6("2001:db8:b::1", "2001:db8:b::2")
                    .udp(2152, 2152)
                    .gtp()),
         3},
    };
}

inline Bytes snap(uint16_t type) {
    return {0xaa, 0xaa, 0x03, 0, 0, 0, static_cast<uint8_t>(type >> 8), static_cast<uint8_t>(type)};
}

// A header of IEEE 802.11: frame control, then zeros.
inline Bytes wlan(uint8_t control, uint8_t flags, size_t size) {
    Bytes header(size);
    header[0] = control;
    header[1] = flags;
    return header;
}

inline Bytes amsdu_subframe() {
    Bytes header(14);
    header[13] = 8 + 35;
    return header;
}

// Two words of what is present: TSFT at 16, flags behind it say that the 26 bytes of the 802.11
// header are followed by two of padding.
inline Bytes radiotap_with_padding() {
    Bytes header(25 + 28);
    header[2] = 25;
    header[4] = 0x03;
    header[7] = 0x80;
    header[24] = 0x20;
    header[25] = 0x88;
    return header;
}

inline std::vector<Sample> link_samples() {
    const LinkType ether = LinkType::kEthernet;
    const Bytes packet4 = inner4(raw());
    const Bytes packet6 = inner6(raw());
    const Bytes llc4 = joined(snap(0x0800), packet4);
    return {
        {"MPLS", ether, inner4(eth().mpls(16))},
        {"MPLS stack", ether, inner6(eth().vlan(5).mpls(16, false).mpls(17, false).mpls(18))},
        {"pseudo-wire", ether, inner4(eth().mpls(16).ethernet())},
        {"pseudo-wire with control word", ether,
         inner4(eth().mpls(16).header(0, {0, 0, 0, 7}).ethernet().vlan(2))},
        {"PPPoE", ether, inner4(eth().pppoe()).trailer(5)},
        {"PPPoE of IPv6", ether, inner6(eth().vlan(7).pppoe(0x0057))},
        {"PPPoE of MPLS", ether, inner4(eth().pppoe(0x0281).mpls(16))},
        {"SNAP", ether, eth().ethertype(8 + 35).payload(llc4).trailer(3)},
        {"LLC IP", ether, eth().ethertype(3 + 35).payload(joined({6, 6, 3}, packet4))},
        {"LLC ISO", ether, eth().ethertype(4 + 35).payload(joined({0xfe, 0xfe, 3, 0xcc}, packet4))},
        {"cooked LLC", LinkType::kLinuxCooked,
         joined(joined({0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4}, snap(0x86dd)), packet6)},
        {"LLC", LinkType::kLlc, llc4},
        {"PPP", LinkType::kPpp, joined({0xff, 0x03, 0x00, 0x21}, packet4)},
        {"PPP without address", LinkType::kPpp, joined({0x00, 0x57}, packet6)},
        {"PPP compressed", LinkType::kPpp, joined({0x21}, packet4)},
        {"PPP of MPLS", LinkType::kPpp, joined({0xff, 0x03, 0x02, 0x81, 0, 1, 1, 64}, packet4)},
        {"PPP with direction", LinkType::kPppDirection, joined({1, 0xff, 0x03, 0x57}, packet6)},
        {"PPP serial", LinkType::kPppSerial, joined({0xff, 0x03, 0x00, 0x57}, packet6)},
        {"Cisco on PPP serial", LinkType::kPppSerial, joined({0x0f, 0x00, 0x08, 0x00}, packet4)},
        {"Cisco HDLC", LinkType::kCiscoHdlc, joined({0x8f, 0x00, 0x86, 0xdd}, packet6)},
        {"PPPoE link", LinkType::kPppoe, joined({0x11, 0, 0, 1, 0, 37, 0, 0x21}, packet4)},
        {"NFLOG", LinkType::kNflog,
         joined({2, 0, 0, 5, 8, 0, 1, 0, 1, 2, 3, 4, 7, 0, 10, 0, 'a', 'b', 0, 0, 39, 0, 9, 0},
                packet4)},
        {"NFLOG big-endian", LinkType::kNflog,
         joined({10, 0, 0, 5, 0, 8, 0, 1, 1, 2, 3, 4, 0, 59, 0, 9}, packet6)},
        {"WLAN", LinkType::kIeee80211, joined(wlan(0x08, 0x01, 24), llc4)},
        {"WLAN QoS", LinkType::kIeee80211, joined(wlan(0x88, 0x02, 26), llc4)},
        {"WLAN WDS", LinkType::kIeee80211, joined(wlan(0x08, 0x03, 30), llc4)},
        {"WLAN WDS QoS HT", LinkType::kIeee80211, joined(wlan(0x88, 0x83, 36), llc4)},
        {"WLAN A-MSDU", LinkType::kIeee80211,
         [&] {
             Bytes header = wlan(0x88, 0x01, 26);
             header[24] = 0x80;
             return joined(joined(header, amsdu_subframe()), llc4);
         }()},
        {"radiotap", LinkType::kRadiotap,
         joined(joined({0, 0, 8, 0, 0, 0, 0, 0}, wlan(0x08, 0x01, 24)), llc4)},
        {"radiotap with padding", LinkType::kRadiotap, joined(radiotap_with_padding(), llc4)},
    };
}

}  // namespace peek::test
