// SPDX-License-Identifier: BSD-2-Clause
// What stands around a payload: tags, options, extension headers, lengths, errors that quote it.
#include "golden/planted/planted.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

constexpr std::string_view kSigned = "please drop table users";

Frame to_udp(Frame ip, uint16_t port, std::string_view payload) {
    return ip.udp(50'001, port).payload(payload);
}
Frame to_tcp(const Planted& planted, Frame ip, uint16_t port, std::string_view payload) {
    return ip.tcp(planted.port(1), port, kPsh | kAck)
        .sequence(1'000'001)
        .acknowledgement(7'000'001)
        .payload(payload);
}
// IP headers between two hosts that no rule lists.
Frame ip4(Frame below) {
    return below.checksums().ipv4("192.0.2.2", "192.0.2.1");
}
Frame ip6(Frame below) {
    return below.checksums().ipv6("2001:db8::2", "2001:db8::1");
}

Planted vlan_tags() {
    Planted planted("vlan_tags", 50'100);
    planted.send(to_udp(ip4(eth().vlan(1, 0x88a8).vlan(2).vlan(3)), 53, dns({"evil.example"})));
    planted.tells(kDomain);
    planted.send(to_tcp(planted, ip6(eth().vlan(11).vlan(12).vlan(13)), 80, get("/malware/three")));
    planted.tells(kUrl);
    planted.send(
        to_udp(ip6(eth().vlan(21, 0x88a8).vlan(22, 0x88a8).vlan(23).vlan(24)), 7001, kSigned));
    planted.tells(kSignature);
    planted.send(to_tcp(planted,
                        ip4(eth().vlan(0xe01f, 0x9100).vlan(32, 0x9100).vlan(33).vlan(0xf022)), 80,
                        get("/malware/four")));
    planted.tells(kUrl);
    planted.send(to_udp(ip4(eth().vlan(1).vlan(2).vlan(3).vlan(4)), 7001, "please drop  table"));
    return planted;
}

Planted ipv4_options() {
    Planted planted("ipv4_options", 50'200);
    const auto with = [](const Bytes& options) { return ip4(eth()).options(options); };
    const Bytes router_alert{148, 4, 0, 0};
    Bytes record_route(40);
    record_route[0] = 7;
    record_route[1] = 39;
    record_route[2] = 4;
    const Bytes timestamp{68, 12, 13, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0};
    Bytes experiment{30, 12};
    for (const char c : std::string_view("drop table")) experiment.push_back(c);

    planted.send(to_udp(with(router_alert), 53, dns({"evil.example"})));
    planted.tells(kDomain);
    planted.send(to_udp(with(record_route), 7001, kSigned));
    planted.tells(kSignature);
    planted.send(to_tcp(planted, with(timestamp), 80, get("/malware/options")));
    planted.tells(kUrl);
    planted.send(to_udp(with(experiment), 7001, "clean"));  // a rule's bytes, in no payload
    planted.send(to_udp(with(experiment), 7001, kSigned));
    planted.tells(kSignature);
    return planted;
}

// RFC 8200 §4.1, in the order that it recommends and in parts of it.
Planted ipv6_chains() {
    Planted planted("ipv6_chains", 50'300);
    const std::string question = dns({"evil.example"});
    planted.send(to_udp(ip6(eth())
                            .hop_by_hop()
                            .destination_options()
                            .routing(2)
                            .fragment_header(0, false)
                            .authentication()
                            .destination_options(1),
                        53, question));
    planted.tells(kDomain);
    planted.send(to_tcp(planted, ip6(eth()).destination_options(), 80, get("/malware/chain")));
    planted.tells(kUrl);
    planted.send(to_udp(ip6(eth()).hop_by_hop(3).routing(), 7001, kSigned));
    planted.tells(kSignature);
    planted.send(to_udp(ip6(eth()).authentication(7), 53, question));
    planted.tells(kDomain);

    // As many as are followed.
    Frame many = ip6(eth());
    for (int i = 0; i < 16; ++i) many.destination_options();
    planted.send(to_tcp(planted, many, 7000, kSigned));
    planted.tells(kSignature);

    // A rule's bytes in an option, in no payload.
    Bytes option{0, 1, 0x1e, 12};
    for (const char c : std::string_view("drop table..")) option.push_back(c);
    planted.send(to_udp(ip6(eth()).extension(60, option), 7001, "clean"));

    // In fragments, with headers on both sides of the fragment header.
    const Bytes whole = to_udp(ip6(raw()).destination_options(), 7001, kSigned);
    const auto cut = whole.begin() + 40 + 24;  // "please d"
    for (const bool first : {true, false})
        planted.send(
            ip6(eth())
                .hop_by_hop()
                .routing()
                .fragment_header(first ? 0 : 3, first)
                .identification(3000)
                .protocol(60)
                .payload(first ? Bytes(whole.begin() + 40, cut) : Bytes(cut, whole.end())));
    planted.completes(kSignature);
    return planted;
}

// Payload ends where the headers say, whatever the frame holds.
Planted lengths() {
    Planted planted("lengths", 50'400);
    const auto padded = [&](Frame frame, std::string_view text) {
        planted.send(frame.trailer(text));
    };
    padded(to_udp(ip4(eth()), 7001, "x"), "drop table padding");
    padded(to_udp(ip6(eth()), 7001, "x"), "drop table padding");
    padded(to_tcp(planted, ip4(eth()), 7000, "x"), "drop table");
    padded(to_udp(ip4(eth()), 7001, "drop tabl"), "e");
    padded(to_udp(ip4(eth()), 7001, "drop table"), "e");
    planted.tells(kSignature);
    padded(to_tcp(planted, ip6(eth()), 7000, "drop table"), "s");
    planted.tells(kSignature);

    // Bytes behind the UDP length, within the IP packet.
    planted.send(ip4(eth()).udp(50'001, 7001).udp_length(8 + 7).payload("please drop table"));
    planted.send(ip6(eth()).udp(50'001, 7001).udp_length(8 + 16).payload("please drop table"));
    planted.send(
        ip6(eth()).udp(50'001, 7001).udp_length(8 + 17).payload("please drop table users"));
    planted.tells(kSignature);
    const std::string good = dns({"good.example"});
    planted.send(ip4(eth())
                     .udp(50'001, 53)
                     .udp_length(static_cast<uint16_t>(8 + good.size()))
                     .payload(good + dns({"evil.example"})));
    return planted;
}

// What an error quotes is no traffic; who sends it is.
Planted icmp_errors() {
    Planted planted("icmp_errors", 50'500);
    const std::string question = dns({"evil.example"});
    const Bytes to_listed4 =
        to_udp(raw().checksums().ipv4("192.0.2.2", "203.0.113.66"), 7001, kSigned);
    const Bytes to_listed6 =
        to_udp(raw().checksums().ipv6("2001:db8::2", "2001:db8:bad::66"), 7001, kSigned);
    const auto error4 = [&](const char* from, uint8_t type, uint8_t code, const Bytes& quoted) {
        planted.send(eth().checksums().ipv4(from, "192.0.2.2").icmp(type, code).payload(quoted));
    };
    const auto error6 = [&](const char* from, uint8_t type, uint8_t code, const Bytes& quoted) {
        planted.send(
            eth().checksums().ipv6(from, "2001:db8::2").icmpv6(type, code).payload(quoted));
    };
    error4("192.0.2.254", 3, 1, to_listed4);
    error4("192.0.2.254", 11, 0, to_listed4);
    error4("192.0.2.254", 3, 3, to_udp(ip4(raw()), 53, question));
    error4("203.0.113.66", 3, 3, to_listed4);
    planted.tells(kIp);
    error6("2001:db8::fe", 1, 0, to_listed6);
    error6("2001:db8::fe", 3, 0, to_udp(ip6(raw()), 53, question));
    error6("2001:db8:bad::66", 1, 4, to_listed6);
    planted.tells(kIp);
    return planted;
}

// RFC 2675: lengths of 0, and the real one in a hop-by-hop option.
Planted jumbogram() {
    constexpr uint32_t kText = 66'000;
    Planted planted("jumbogram", 50'600);
    for (const std::string_view at_end : {"drop tabel", "drop table"})
        planted.send(ip6(eth())
                         .payload_length(0)
                         .jumbo(8 + 8 + kText)
                         .udp(50'001, 7001)
                         .udp_length(0)
                         .payload(std::string(kText - at_end.size(), 'x').append(at_end))
                         .trailer("drop table"));
    planted.tells(kSignature);
    return planted;
}

}  // namespace

std::vector<Planted> planted_headers() {
    return {vlan_tags(), ipv4_options(), ipv6_chains(), lengths(), icmp_errors(), jumbogram()};
}

}  // namespace peek::test
