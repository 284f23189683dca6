// SPDX-License-Identifier: BSD-2-Clause
#include "detect_fixture.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

class DomainDetectorTest : public DetectTest {};

Frame ip() {
    return eth().ipv4("10.0.0.1", "10.0.0.2");
}
Frame udp_query(std::initializer_list<Question> questions) {
    return ip().udp(4000, 53).payload(dns(questions));
}

TEST_F(DomainDetectorTest, EitherSideMayBeADnsPort) {
    load(Family::kDomain, "bad.example\n");
    sets_.dns_ports = {53, 5353};
    const std::string query = dns({"bad.example"});
    EXPECT_EQ(see(ip().udp(53, 4000).payload(query)).size(), 1U);
    EXPECT_EQ(see(ip().udp(4000, 5353).payload(query)).size(), 1U);
    EXPECT_EQ(see(ip().udp(4000, 5355).payload(query)).size(), 0U);
}

TEST_F(DomainDetectorTest, NamesTheFirstQuestionOfTheFirstRuleInFileOrder) {
    load(Family::kDomain, "x.example\nbad.example\nexample\n");
    const std::vector<Match> matches = see(udp_query(
        {{"other.example", kTypeA}, {"One.bad.example", kTypeAaaa}, {"two.bad.example", kTypeA}}));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "bad.example");
    EXPECT_EQ(matches[0].distinct_rules, 2U);
    const auto& facts = std::get<DnsFacts>(matches[0].evidence);
    EXPECT_EQ(facts.rrname, "One.bad.example");
    EXPECT_EQ(facts.rrtype, kTypeAaaa);
}

TEST_F(DomainDetectorTest, EveryMessageOfATcpSegmentIsRead) {
    load(Family::kDomain, "bad.example\nworse.example\n");
    const std::string segment = dns_over_tcp(dns({"good.example"})) +
                                dns_over_tcp(dns({"worse.example"})) +
                                dns_over_tcp(dns({"worse.example", "bad.example"}));
    const std::vector<Match> matches = see(ip().tcp(4000, 53).payload(segment));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "bad.example");
    EXPECT_EQ(matches[0].distinct_rules, 2U);
    EXPECT_EQ(std::get<DnsFacts>(matches[0].evidence).rrname, "bad.example");
}

TEST_F(DomainDetectorTest, AnIncompleteMessageIsCounted) {
    load(Family::kDomain, "bad.example\n");
    EXPECT_EQ(see(ip().tcp(4000, 53).payload(be16(100) + dns({"bad.example"}))).size(), 0U);
    EXPECT_EQ(counter("dns_message_incomplete"), 1U);
}

TEST_F(DomainDetectorTest, WhatIsNotOnADnsPortIsNotCountedAsMalformed) {
    load(Family::kDomain, "bad.example\n");
    see(ip().udp(4000, 4001).payload("short"));
    EXPECT_EQ(counter("dns_header_truncated"), 0U);
}

}  // namespace
}  // namespace peek::test
