// SPDX-License-Identifier: BSD-2-Clause
#include "bpf/verdict_rows.h"

namespace peek::test {
namespace {

constexpr FamilyMask kIp = PEEK_FAMILY_IP;
constexpr FamilyMask kDomain = PEEK_FAMILY_DOMAIN;
constexpr FamilyMask kUrl = PEEK_FAMILY_URL;
constexpr FamilyMask kSignature = PEEK_FAMILY_SIGNATURE;
constexpr FamilyMask kPayload = PEEK_FAMILY_PAYLOAD;
constexpr FamilyMask kNothing = 0;

constexpr const char* kBadHost = "198.51.100.7";
constexpr const char* kBadNet = "203.0.113.200";
constexpr const char* kGood = "192.0.2.1";
constexpr const char* kGood2 = "192.0.2.2";
constexpr const char* kBadHost6 = "2001:db8:bad::7";
constexpr const char* kBadNet6 = "2001:db8:dead:beef::1";
constexpr const char* kGood6 = "2001:db8::1";
constexpr const char* kGood6b = "2001:db8::2";

Frame good4() {
    return eth().ipv4(kGood, kGood2);
}
Frame good6() {
    return eth().ipv6(kGood6, kGood6b);
}
Frame tcp_with(const char* payload) {
    return good4().tcp(40000, 8080).payload(payload);
}
Frame tags(int count, uint16_t tpid) {
    Frame f = eth();
    for (int i = 0; i < count; ++i) f.vlan(static_cast<uint16_t>(i + 1), tpid);
    return f;
}
Frame extensions(int count) {
    Frame f = eth().ipv6(kGood6, kGood6b);
    for (int i = 0; i < count; ++i) f.destination_options(static_cast<uint8_t>(i % 2));
    return f;
}

}  // namespace

const std::vector<Row>& link_and_ip_rows() {
    static const std::vector<Row> kRows{
        {"nothing bad", kIp, good4().tcp(1, 2), kNothing},
        {"nothing bad, IPv6", kIp, good6().tcp(1, 2), kNothing},
        {"bad source", kIp, eth().ipv4(kBadHost, kGood).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"bad destination", kIp, eth().ipv4(kGood, kBadHost).udp(1, 2), kIp, PEEK_REASON_IP},
        {"neighbour of a bad host", kIp, eth().ipv4("198.51.100.8", kGood).tcp(1, 2), kNothing},
        {"in a bad network", kIp, eth().ipv4(kGood, kBadNet).icmp(), kIp, PEEK_REASON_IP},
        {"just before a bad network", kIp, eth().ipv4(kGood, "203.0.113.127").icmp(), kNothing},
        {"bad source, IPv6", kIp, eth().ipv6(kBadHost6, kGood6).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"bad network, IPv6", kIp, eth().ipv6(kGood6, kBadNet6).icmpv6(), kIp, PEEK_REASON_IP},
        {"behind a bad network, IPv6", kIp, eth().ipv6(kGood6, "2001:db8:deae::1").tcp(1, 2),
         kNothing},
        {"in a small network, IPv6", kIp, eth().ipv6("2001:db8:cafe::ff", kGood6).tcp(1, 2), kIp,
         PEEK_REASON_IP},
        {"behind a small network, IPv6", kIp, eth().ipv6("2001:db8:cafe::100", kGood6).tcp(1, 2),
         kNothing},
        {"mapped address", kIp, eth().ipv6(kGood6, "::ffff:198.51.100.7").tcp(1, 2), kIp,
         PEEK_REASON_IP},
        {"mapped address in a network", kIp, eth().ipv6("::ffff:203.0.113.200", kGood6).udp(1, 2),
         kIp, PEEK_REASON_IP},
        {"other protocol", kIp, eth().ipv4(kBadHost, kGood).sctp(1, 2), kIp, PEEK_REASON_IP},
        {"later fragment", kIp, eth().ipv4(kBadHost, kGood).fragment(10, false).payload_of(8), kIp,
         PEEK_REASON_IP},
        {"options", kIp, eth().ipv4(kBadHost, kGood).options(40).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"options past the frame", kIp, eth().ipv4(kBadHost, kGood).header_length(15), kIp,
         PEEK_REASON_IP},
        {"total length below the header's", kIp, eth().ipv4(kBadHost, kGood).total_length(19), kIp,
         PEEK_REASON_IP},
        {"IHL below 5", kIp, eth().ipv4(kBadHost, kGood).header_length(4).tcp(1, 2), kNothing},
        {"IPv4 of version 5", kIp, eth().ipv4(kBadHost, kGood).version(5).tcp(1, 2), kNothing},
        {"IPv6 of version 4", kIp, eth().ipv6(kBadHost6, kGood6).version(4).tcp(1, 2), kNothing},
        {"one tag", kIp, tags(1, 0x8100).ipv4(kBadHost, kGood).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"two tags", kIp, tags(2, 0x88a8).ipv4(kBadHost, kGood).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"three tags", kIp, tags(3, 0x8100).ipv6(kGood6, kBadHost6).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"four tags", kIp, tags(4, 0x9100).ipv4(kBadHost, kGood).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"five tags", kIp, tags(5, 0x8100).ipv4(kBadHost, kGood).tcp(1, 2), kNothing,
         PEEK_REASON_NONE, true},
        {"ARP", kIp, eth().ethertype(0x0806).payload_of(28), kNothing},
    };
    return kRows;
}

const std::vector<Row>& domain_rows() {
    static const std::vector<Row> kRows{
        {"query", kDomain, good4().udp(5000, 53).payload("query"), kDomain, PEEK_REASON_DNS},
        {"from the DNS port", kDomain, good6().udp(53, 5000).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"the second DNS port", kDomain, good4().udp(5000, 5353).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"over TCP", kDomain, good4().tcp(5000, 53).payload("q"), kDomain, PEEK_REASON_DNS},
        {"TCP without payload", kDomain, good4().tcp(5000, 53, kSyn).options(20), kNothing},
        {"another port", kDomain, good4().udp(5000, 54).payload("q"), kNothing},
        {"SCTP", kDomain, good4().sctp(5000, 53).payload("q"), kNothing},
        {"padding only", kDomain, good4().udp(5000, 53).trailer(18), kNothing},
        {"UDP length 0", kDomain, good4().udp(5000, 53).udp_length(0).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"UDP length 0 without payload", kDomain, good4().udp(5000, 53).udp_length(0), kNothing},
        {"UDP length 7", kDomain, good4().udp(5000, 53).udp_length(7).payload("q"), kNothing},
        {"UDP length 8", kDomain, good4().udp(5000, 53).udp_length(8).payload("q"), kNothing},
        {"UDP length past the packet", kDomain, good4().udp(5000, 53).udp_length(900).payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"IPv4 length 0", kDomain, good4().total_length(0).udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"IPv6 length 0", kDomain, good6().payload_length(0).udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"a jumbo option", kDomain,
         good6().payload_length(0).jumbo(17).udp(5000, 53).udp_length(0).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"a jumbo option past the frame", kDomain,
         good6().payload_length(0).jumbo(0xffffffff).udp(5000, 53).udp_length(0).payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"a jumbo option cuts the payload off", kDomain,
         good6().payload_length(0).jumbo(16).udp(5000, 53).udp_length(0).payload("q"), kNothing},
        {"a jumbo option shorter than its header", kDomain,
         good6().payload_length(0).jumbo(7).udp(5000, 53).udp_length(0).payload("q"), kNothing},
        {"a jumbo option of 0", kDomain,
         good6().payload_length(0).jumbo(0).udp(5000, 53).udp_length(0).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"a jumbo option beside a length", kDomain, good6().jumbo(16).udp(5000, 53).payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"a jumbo option in a second header", kDomain,
         good6().payload_length(0).hop_by_hop().jumbo(16).udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"IPv4 length cuts the payload off", kDomain,
         good4().total_length(28).udp(5000, 53).payload("q"), kNothing},
        {"IPv6 length cuts the payload off", kDomain,
         good6().payload_length(8).udp(5000, 53).payload("q"), kNothing},
        {"IPv4 options", kDomain, good4().options(12).udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"options past the total length", kDomain,
         good4().options(12).total_length(31).udp(5000, 53).payload("q"), kNothing},
        {"one extension", kDomain, good6().hop_by_hop().udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"an authentication header", kDomain, good6().authentication(4).udp(5000, 53).payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"every extension", kDomain,
         good6()
             .hop_by_hop(2)
             .routing(1)
             .authentication(4)
             .destination_options()
             .extension(135, 16, 1)
             .extension(139, 8, 0)
             .extension(140, 8, 0)
             .udp(5000, 53)
             .payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"sixteen extensions", kDomain, extensions(16).udp(5000, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"seventeen extensions", kDomain, extensions(17).udp(5000, 53).payload("q"), kNothing,
         PEEK_REASON_NONE, true},
        {"a long extension", kDomain, good6().destination_options(50).udp(5000, 53).payload("q"),
         kDomain, PEEK_REASON_DNS},
        {"an extension past the packet", kDomain,
         good6().extension(60, 8, 200).udp(5000, 53).payload("q"), kNothing},
        {"ESP ends the chain", kDomain, good6().extension(50, 8, 0).udp(5000, 53).payload("q"),
         kNothing},
    };
    return kRows;
}

const std::vector<Row>& url_rows() {
    static const std::vector<Row> kRows{
        {"a request", kUrl, tcp_with("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), kUrl,
         PEEK_REASON_PAYLOAD},
        {"a request on IPv6", kUrl,
         good6().hop_by_hop().tcp(1, 2).options(12).payload("POST /x HTTP/1.0\r\n"), kUrl,
         PEEK_REASON_PAYLOAD},
        {"one byte", kUrl, tcp_with("G"), kUrl, PEEK_REASON_PAYLOAD},
        {"a request's second segment", kUrl, tcp_with("\x01vil HTTP/1.1\r\n\r\n"), kUrl,
         PEEK_REASON_PAYLOAD},
        {"payload of a SYN", kUrl, good4().tcp(1, 80, kSyn).payload("GET /"), kUrl,
         PEEK_REASON_PAYLOAD},
        {"no payload", kUrl, good4().tcp(1, 80), kNothing},
        {"padding only", kUrl, good4().tcp(1, 80).trailer(6), kNothing},
        {"UDP", kUrl, good4().udp(1, 80).payload("GET / HTTP/1.1\r\n\r\n"), kNothing},
        {"data offset 4", kUrl, good4().tcp(1, 80).header_length(4).payload("GET / HTTP/1.1\r\n"),
         kNothing},
        {"data offset past the packet", kUrl,
         good4().tcp(1, 80).header_length(15).payload("GET / HTTP/1.1"), kNothing},
        {"data offset up to the packet's end", kUrl,
         good4().tcp(1, 80).header_length(9).payload("GET / HTTP/1.1\r\n"), kNothing},
    };
    return kRows;
}

const std::vector<Row>& payload_rows() {
    const FamilyMask all = kIp | kPayload;
    static const std::vector<Row> kRows{
        {"TCP without payload, urgent", kSignature, good4().tcp(5000, 5001, kAck | kUrg),
         kSignature, PEEK_REASON_PAYLOAD},
        {"TCP payload", kSignature, tcp_with("\x01"), kSignature, PEEK_REASON_PAYLOAD},
        {"UDP payload", kSignature, good6().udp(1, 2).payload("x"), kSignature,
         PEEK_REASON_PAYLOAD},
        {"no payload", kSignature, good4().tcp(1, 2).trailer(6), kNothing},
        {"ICMP", kSignature, good4().icmp().payload_of(56), kNothing},
        {"SCTP", kSignature, good4().sctp(1, 2).payload_of(56), kNothing},
        {"first fragment", kSignature, good4().fragment(0, true).udp(1, 2).payload_of(16),
         kSignature, PEEK_REASON_FRAGMENT},
        {"later fragment", kPayload, good4().fragment(4, false).payload_of(16), kPayload,
         PEEK_REASON_FRAGMENT},
        {"first fragment, IPv6", kDomain, good6().fragment_header(0, true).udp(1, 2).payload_of(16),
         kDomain, PEEK_REASON_FRAGMENT},
        {"later fragment, IPv6", kUrl, good6().fragment_header(9, true).payload_of(16), kUrl,
         PEEK_REASON_FRAGMENT},
        {"atomic fragment, IPv6", kDomain, good6().fragment_header(0, false).udp(1, 2).payload("q"),
         kNothing},
        {"atomic fragment with a query", kDomain,
         good6().fragment_header(0, false).udp(1, 53).payload("q"), kDomain, PEEK_REASON_DNS},
        {"don't-fragment is no fragment", kSignature, good4().fragment(0x4000, false).icmp(),
         kNothing},
        {"fragment without payload families", kIp,
         good4().fragment(0, true).udp(1, 53).payload("q"), kIp, PEEK_REASON_FRAGMENT},
        {"fragment without any family", kNothing, good4().fragment(0, true).udp(1, 53).payload("q"),
         kNothing},
        {"bad address and fragment", all,
         eth().ipv4(kGood, kBadNet).fragment(1, true).payload_of(8), all, PEEK_REASON_IP},
        {"a query that is payload, too", all, good4().udp(1, 53).payload("q"), kDomain | kSignature,
         PEEK_REASON_DNS},
        {"TCP payload", all, tcp_with("GET / HTTP/1.1\r\n"), kUrl | kSignature,
         PEEK_REASON_PAYLOAD},
        {"a request to the DNS port", all, good4().tcp(1, 53).payload("GET / HTTP/1.1\r\n"),
         kPayload, PEEK_REASON_DNS},
        {"everything", all, eth().ipv4(kBadHost, kGood).tcp(1, 53).payload("GET / HTTP/1.1\r\n"),
         all, PEEK_REASON_IP},
        {"no family", kNothing, eth().ipv4(kBadHost, kGood).tcp(1, 53).payload("GET / HTTP/1.1"),
         kNothing},
    };
    return kRows;
}

const std::vector<Row>& tunnel_rows() {
    const FamilyMask all = kIp | kPayload;
    const auto opened = [](const char* name, FamilyMask on, Bytes frame) {
        return Row{name, on, std::move(frame), on, PEEK_REASON_TUNNEL};
    };
    const auto udp_to = [](uint16_t port) { return good4().udp(5000, port).payload_of(60); };
    static const std::vector<Row> kRows{
        opened("IPv4 in IPv4", kIp, good4().ipv4(kBadHost, kGood).tcp(1, 2)),
        opened("IPv6 in IPv4", kDomain, good4().ipv6(kBadHost6, kGood6).udp(1, 53).payload("q")),
        opened("IPv4 in IPv6", kUrl, good6().ipv4(kBadHost, kGood).tcp(1, 2)),
        opened("IPv6 in IPv6 behind an extension", kSignature,
               good6().hop_by_hop().ipv6(kGood6, kBadHost6).icmpv6()),
        opened("GRE", all, good4().protocol(47).payload_of(30)),
        opened("GRE behind three extensions", all,
               good6().hop_by_hop().routing().extension(60, 8, 0).protocol(47).payload_of(30)),
        opened("GRE without a byte of it", kIp, good4().protocol(47)),
        opened("VXLAN", all, udp_to(4789)),
        opened("VXLAN on Linux's own port", kIp, udp_to(8472)),
        opened("VXLAN GPE", kIp, udp_to(4790)),
        opened("Geneve", kIp, udp_to(6081)),
        opened("GTP-U", kIp, udp_to(2152)),
        opened("Teredo", kIp, udp_to(3544)),
        opened("from a tunnel's port, IPv6", kIp, good6().udp(4789, 5000).payload_of(60)),
        opened("a tunnel's port without payload", kIp, good4().udp(5000, 4789)),
        opened("MPLS", all, eth().ethertype(0x8847).payload_of(46)),
        opened("MPLS multicast behind a tag", kIp,
               tags(1, 0x8100).ethertype(0x8848).payload_of(46)),
        opened("a PPPoE session", kDomain, eth().ethertype(0x8864).payload_of(46)),
        opened("an 802.3 length", kIp, eth().ethertype(46).payload_of(46)),
        {"just above an 802.3 length", kIp, eth().ethertype(1501).payload_of(46), kNothing},
        {"PPPoE discovery", all, eth().ethertype(0x8863).payload_of(46), kNothing},
        {"a tunnel's port of TCP", kIp, good4().tcp(4789, 4789).payload_of(60), kNothing},
        {"beside a tunnel's port", kIp, udp_to(4788), kNothing},
        {"ESP", all, good4().protocol(50).payload_of(30), kNothing},
        {"a listed address around a tunnel", all,
         eth().ipv4(kBadHost, kGood).ipv4(kGood, kGood2).udp(1, 2), all, PEEK_REASON_IP},
        {"a fragment of a tunnel", all, good4().fragment(0, true).protocol(47).payload_of(32), all,
         PEEK_REASON_FRAGMENT},
        {"a tunnel between ignored addresses", kIp,
         eth().ipv4("192.0.2.200", kGood).ipv4(kBadHost, kGood).udp(1, 2), kNothing,
         PEEK_REASON_NONE, false, true},
        {"a tunnel while nothing is on", kNothing, udp_to(4789), kNothing},
    };
    return kRows;
}

const std::vector<Row>& ignore_rows() {
    const auto ignored = [](const char* name, FamilyMask on, Bytes frame) {
        return Row{name, on, std::move(frame), kNothing, PEEK_REASON_NONE, false, true};
    };
    static const std::vector<Row> rows{
        ignored("a bad source", kIp, eth().ipv4(kBadHost, "192.0.2.200").udp(1, 2)),
        ignored("a bad destination", kIp, eth().ipv4("192.0.2.200", kBadHost).udp(1, 2)),
        ignored("a network", kIp, eth().ipv4(kBadHost, "198.19.255.255").udp(1, 2)),
        {"beside the network", kIp, eth().ipv4(kBadHost, "198.20.0.0").udp(1, 2), kIp,
         PEEK_REASON_IP},
        {"beside the address", kIp, eth().ipv4(kBadHost, "192.0.2.201").udp(1, 2), kIp,
         PEEK_REASON_IP},
        ignored("an IPv6 address", kIp, eth().ipv6("2001:db8:bad::7", "2001:db8:19::1").udp(1, 2)),
        ignored("an IPv6 network", kIp,
                eth().ipv6("2001:db8:1a:ffff::", "2001:db8:bad::7").udp(1, 2)),
        {"beside the IPv6 network", kIp, eth().ipv6("2001:db8:1b::", "2001:db8:bad::7").udp(1, 2),
         kIp, PEEK_REASON_IP},
        ignored("an IPv4-mapped address", kIp,
                eth().ipv6("::ffff:192.0.2.200", "2001:db8:bad::7").udp(1, 2)),
        {"clean before", kIp, eth().ipv4("192.0.2.200", kGood).udp(1, 2), kNothing},
        ignored("a DNS request", kDomain,
                eth().ipv4("192.0.2.200", kGood).udp(5000, 53).payload("q")),
        ignored("a fragment", kDomain,
                eth().ipv4("192.0.2.200", kGood).fragment(0, true).udp(5000, 5).payload("q")),
        ignored("an HTTP request", kUrl,
                eth().ipv4(kGood, "192.0.2.200").tcp(1, 80).payload("GET / HTTP/1.1\r\n")),
    };
    return rows;
}

const std::vector<Row>& raw_ip_rows() {
    static const std::vector<Row> kRows{
        {"IPv4", kIp, raw().ipv4(kBadHost, kGood).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"IPv6", kIp, raw().ipv6(kBadHost6, kGood6).tcp(1, 2), kIp, PEEK_REASON_IP},
        {"neither", kIp, raw().ipv4(kBadHost, kGood).version(5).tcp(1, 2), kNothing},
        {"an Ethernet frame", kIp, eth().ipv4(kBadHost, kGood).tcp(1, 2), kNothing},
        {"a query", kDomain, raw().ipv4(kGood, kGood2).udp(1, 53).payload("q"), kDomain,
         PEEK_REASON_DNS},
        {"many extensions", kDomain,
         raw()
             .ipv6(kGood6, kGood6b)
             .hop_by_hop()
             .routing()
             .destination_options()
             .udp(1, 53)
             .payload("q"),
         kDomain, PEEK_REASON_DNS},
    };
    return kRows;
}

}  // namespace peek::test
