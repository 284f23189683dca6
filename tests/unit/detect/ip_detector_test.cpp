// SPDX-License-Identifier: BSD-2-Clause
#include "detect/ip_detector.h"
#include "detect_fixture.h"

namespace peek::test {
namespace {

class IpDetectorTest : public DetectTest {};

Frame from_to(const char* src, const char* dst) {
    return eth().ipv4(src, dst).tcp(4000, 80);
}

TEST_F(IpDetectorTest, SourceOrDestinationMatches) {
    load(Family::kIp, "192.0.2.7\n");
    EXPECT_EQ(see(from_to("192.0.2.7", "10.0.0.1")).size(), 1U);
    EXPECT_EQ(see(from_to("10.0.0.1", "192.0.2.7")).size(), 1U);
    EXPECT_EQ(see(from_to("10.0.0.1", "192.0.2.8")).size(), 0U);
}

TEST_F(IpDetectorTest, FirstRuleInFileOrderNamesTheMatchAndAllAreCounted) {
    load(Family::kIp, "10.0.0.0/8\n192.0.2.0/24\n192.0.2.7\n10.0.0.1\n203.0.113.1\n");
    const std::vector<Match> matches = see(from_to("192.0.2.7", "10.0.0.1"));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "10.0.0.0/8");
    EXPECT_EQ(matches[0].distinct_rules, 4U);
}

TEST_F(IpDetectorTest, OneRuleThatCoversBothAddressesIsOneRule) {
    load(Family::kIp, "10.0.0.0/8\n");
    const std::vector<Match> matches = see(from_to("10.0.0.1", "10.0.0.2"));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].distinct_rules, 1U);
}

TEST_F(IpDetectorTest, LaterFragmentsIcmpAndBrokenTransportAreTraffic) {
    load(Family::kIp, "192.0.2.7\n");
    const char* bad = "192.0.2.7";
    EXPECT_EQ(see(eth().ipv4(bad, "10.0.0.1").fragment(100, false).payload("tail")).size(), 1U);
    EXPECT_EQ(see(eth().ipv4(bad, "10.0.0.1").icmp()).size(), 1U);
    EXPECT_EQ(see(eth().ipv4(bad, "10.0.0.1").tcp(1, 2).header_length(4)).size(), 1U);
}

TEST_F(IpDetectorTest, Ipv6AndMappedAddressesMatch) {
    load(Family::kIp, "2001:db8::/32\n192.0.2.7\n");
    std::vector<Match> matches = see(eth().ipv6("2001:db8::1", "fe80::1").udp(1, 2));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "2001:db8::/32");
    matches = see(eth().ipv6("::ffff:192.0.2.7", "fe80::1").udp(1, 2));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "192.0.2.7");
}

TEST_F(IpDetectorTest, ExcerptIsThePayloadsFirst256Bytes) {
    load(Family::kIp, "192.0.2.7\n");
    EXPECT_EQ(see(from_to("192.0.2.7", "10.0.0.1").payload("hello"))[0].excerpt, "hello");
    EXPECT_EQ(see(from_to("192.0.2.7", "10.0.0.1").payload_of(1000, 'x'))[0].excerpt,
              std::string(256, 'x'));
    EXPECT_EQ(see(eth().ipv4("192.0.2.7", "10.0.0.1").icmp())[0].excerpt, "");
}

// Every header that decode() followed, by the packet it hands to an inspector.
TEST_F(IpDetectorTest, TheLayerThatTheNamedRuleMatchedGivesTheAddresses) {
    load(Family::kIp, "198.51.100.1\n192.0.2.7\n");
    const auto v4 = [](std::array<uint8_t, 4> bytes) { return IpAddress::v4(bytes); };
    Packet packet;
    packet.ip_count = 2;
    packet.ip[0] = {v4({192, 0, 2, 7}), v4({10, 0, 0, 1}), 4};
    packet.ip[1] = {v4({10, 0, 0, 2}), v4({198, 51, 100, 1}), 6};
    Findings found;
    make_ip_inspector()->inspect(PacketView{}, packet, sets_, found);
    ASSERT_EQ(found.observations.size(), 1U);
    const Match& match = std::get<Match>(found.observations[0]);
    EXPECT_EQ(rule_of(match), "198.51.100.1");
    EXPECT_EQ(match.distinct_rules, 2U);
    EXPECT_EQ(match.packet.ip_depth, 1);
    EXPECT_EQ(match.packet.dst.to_string(), "198.51.100.1");
}

}  // namespace
}  // namespace peek::test
