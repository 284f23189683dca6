// SPDX-License-Identifier: BSD-2-Clause
// Which of a tunnel's packets a match tells of.
#include "detect_fixture.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

class TunnelMatchTest : public DetectTest {
  protected:
    Match only(const Bytes& frame) {
        const std::vector<Match> matches = see(frame);
        EXPECT_EQ(matches.size(), 1U);
        return matches.empty() ? Match{} : matches[0];
    }
};

Frame in_vxlan() {
    return eth()
        .ipv4("192.0.2.1", "192.0.2.2")
        .udp(50000, 4789)
        .vxlan()
        .ethernet()
        .ipv4("10.0.0.1", "10.0.0.2");
}

void expect_inner(const PacketFacts& facts) {
    EXPECT_EQ(facts.ip_depth, 1);
    EXPECT_EQ(facts.src.to_string(), "10.0.0.1");
    EXPECT_EQ(facts.dst.to_string(), "10.0.0.2");
    EXPECT_EQ(facts.src_port, 1000);
    EXPECT_EQ(facts.dst_port, 2000);
    EXPECT_EQ(facts.tunnel.src.to_string(), "192.0.2.1");
    EXPECT_EQ(facts.tunnel.dst.to_string(), "192.0.2.2");
    EXPECT_EQ(facts.tunnel.protocol, 17);
    EXPECT_TRUE(facts.tunnel.has_ports);
    EXPECT_EQ(facts.tunnel.src_port, 50000);
    EXPECT_EQ(facts.tunnel.dst_port, 4789);
}

void expect_outer(const PacketFacts& facts) {
    EXPECT_EQ(facts.ip_depth, 0);
    EXPECT_EQ(facts.src.to_string(), "192.0.2.1");
    EXPECT_EQ(facts.dst.to_string(), "192.0.2.2");
    EXPECT_EQ(facts.protocol, 17);
    EXPECT_TRUE(facts.has_ports);
    EXPECT_EQ(facts.src_port, 50000);
    EXPECT_EQ(facts.dst_port, 4789);
}

// Whoever is ignored is ignored inside a tunnel; who wraps it is not.
TEST_F(TunnelMatchTest, AnIgnoredInnerAddressHidesNoListedOneAroundIt) {
    load(Family::kSignature, "malware\n");
    load(Family::kIp, "10.0.0.1\n");
    ignore(RuleList::kIgnore, "10.0.0.2\n");
    EXPECT_EQ(see(in_vxlan().tcp(1000, 2000).payload("malware")).size(), 0U);
    EXPECT_EQ(counter("ignored"), 1U);
    load(Family::kIp, "192.0.2.2\n10.0.0.1\n");
    const Match match = only(in_vxlan().tcp(1000, 2000).payload("malware"));
    EXPECT_EQ(rule_of(match), "192.0.2.2");
    EXPECT_EQ(match.distinct_rules, 1U);
    expect_outer(match.packet);
    EXPECT_EQ(match.excerpt.size(), 8U + 14 + 20 + 20 + 7);
    EXPECT_EQ(counter("ignored"), 1U);
    ignore(RuleList::kIgnore, "192.0.2.0/24\n");
    EXPECT_EQ(see(in_vxlan().tcp(1000, 2000).payload("malware")).size(), 0U);
    EXPECT_EQ(counter("ignored"), 2U);
}

TEST_F(TunnelMatchTest, AnAddressOfEitherPacketMatchesAndTellsThatPacket) {
    load(Family::kIp, "192.0.2.2\n10.0.0.2\n");
    Match match = only(in_vxlan().tcp(1000, 2000).payload("hello"));
    EXPECT_EQ(rule_of(match), "192.0.2.2");
    EXPECT_EQ(match.distinct_rules, 2U);
    expect_outer(match.packet);
    EXPECT_EQ(match.excerpt.size(), 8U + 14 + 20 + 20 + 5);

    load(Family::kIp, "10.0.0.2\n192.0.2.2\n");
    match = only(in_vxlan().tcp(1000, 2000).payload("hello"));
    expect_inner(match.packet);
    EXPECT_EQ(match.packet.protocol, 6);
    EXPECT_EQ(match.excerpt, "hello");
}

TEST_F(TunnelMatchTest, OneRuleThatMatchesBothTellsTheInnermost) {
    load(Family::kIp, "0.0.0.0/0\n");
    expect_inner(only(in_vxlan().tcp(1000, 2000)).packet);
}

TEST_F(TunnelMatchTest, ASignatureInBothPayloadsIsOneMatchOfTheInner) {
    load(Family::kSignature, "malware\n");
    Match match = only(in_vxlan().udp(1000, 2000).payload("some malware"));
    expect_inner(match.packet);
    EXPECT_EQ(match.excerpt, "some malware");
    match = only(in_vxlan().tcp(1000, 2000).payload("some malware"));
    expect_inner(match.packet);
}

TEST_F(TunnelMatchTest, ASignatureInTheTunnelsHeaderIsAMatchOfTheOuter) {
    load(Family::kSignature, "\\x08\\0\\0\\0\\x00\\0\\x01\\0\nmalware\n");
    for (const bool tcp : {false, true}) {
        const Bytes frame = tcp ? in_vxlan().tcp(1000, 2000).payload("malware")
                                : in_vxlan().udp(1000, 2000).payload("malware");
        const Match match = only(frame);
        EXPECT_EQ(match.rule, 0U);
        EXPECT_EQ(match.distinct_rules, 2U);
        expect_outer(match.packet);
        EXPECT_EQ(match.excerpt[0], 0x08);
    }
}

TEST_F(TunnelMatchTest, ASignatureInATunnelThatCarriesNoPayloadIsFound) {
    load(Family::kSignature, "\\x08\\0\\0\\0\\x00\\0\\x01\\0\n");
    expect_outer(only(in_vxlan().tcp(1000, 2000, kSyn)).packet);
    expect_outer(only(in_vxlan().icmp()).packet);
}

// The sender of a lookup chooses its port, its number and the labels in front: what a resolver
// reads as nothing but a lookup is a VXLAN frame here, and its second label the question of another
// one.
Bytes lookup_with_segment_inside(uint16_t inner_port) {
    const std::string question = dns({"evil.example"}).substr(12);
    const Bytes inside = eth()
                             .ipv4("10.0.0.1", "10.0.0.2")
                             .tcp(1000, inner_port)
                             .payload(dns_over_tcp(dns({"evil.example"})));
    const std::string label(inside.begin() + 12, inside.end() - static_cast<long>(question.size()));
    std::string message = dns({}).replace(0, 1, "\x08") + "\x3f" + "1234567" + label + question;
    message[5] = 1;  // questions
    return eth().ipv4("192.0.2.1", "192.0.2.2").udp(4789, 53).payload(message);
}

TEST_F(TunnelMatchTest, ALookupThatReadsAsATunnelWithTcpInsideIsFound) {
    load(Family::kDomain, "evil.example\n");
    const Match match = only(lookup_with_segment_inside(2000));
    EXPECT_EQ(match.packet.ip_depth, 0);
    EXPECT_EQ(match.packet.dst_port, 53);
}

TEST_F(TunnelMatchTest, LookupsInADatagramAndInTheSegmentInsideAreOneMatch) {
    load(Family::kDomain, "evil.example\n");
    const Match match = only(lookup_with_segment_inside(53));
    EXPECT_EQ(match.distinct_rules, 1U);
}

class StreamTunnelMatchTest : public DetectTest {
  protected:
    StreamTunnelMatchTest() : DetectTest(true) {}
};

TEST_F(StreamTunnelMatchTest, LookupsInADatagramAndInTheSegmentInsideAreOneMatch) {
    load(Family::kDomain, "evil.example\n");
    EXPECT_EQ(see(lookup_with_segment_inside(53)).size(), 1U);
    EXPECT_EQ(see(lookup_with_segment_inside(2000)).size(), 1U);
}

TEST_F(TunnelMatchTest, ALookupInATunnelTellsTheTunnel) {
    load(Family::kDomain, "evil.example\n");
    const Match match = only(eth()
                                 .ipv4("192.0.2.1", "192.0.2.2")
                                 .gre()
                                 .ipv4("10.0.0.1", "10.0.0.2")
                                 .udp(1000, 53)
                                 .payload(dns({"evil.example"})));
    EXPECT_EQ(match.packet.ip_depth, 1);
    EXPECT_EQ(match.packet.src.to_string(), "10.0.0.1");
    EXPECT_EQ(match.packet.tunnel.protocol, 47);
    EXPECT_FALSE(match.packet.tunnel.has_ports);
}

}  // namespace
}  // namespace peek::test
