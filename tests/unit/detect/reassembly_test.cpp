// SPDX-License-Identifier: BSD-2-Clause
// Fragments and TCP streams through the engine.
#include "detect_fixture.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

class ReassemblyTest : public DetectTest {
  protected:
    ReassemblyTest() : DetectTest(true) {}

    // A segment of one connection's direction.
    std::vector<Match> segment(uint32_t seq, const std::string& text) {
        return see(ip().tcp(4000, 80).sequence(seq).payload(text));
    }
    static Frame ip() { return eth().ipv4("10.0.0.1", "10.0.0.2"); }
    // Fragments of a UDP datagram, the first one `cut` bytes long, header included.
    std::vector<Bytes> fragments(const std::string& text, size_t cut, uint16_t port = 7) {
        const Bytes whole = ip().udp(4000, port).payload(text);
        const std::string datagram(whole.begin() + 34, whole.end());
        return {ip().protocol(17).fragment(0, true).payload(datagram.substr(0, cut)),
                ip().protocol(17)
                    .fragment(static_cast<uint16_t>(cut / 8), false)
                    .payload(datagram.substr(cut))};
    }
};

TEST_F(ReassemblyTest, ASignatureThatSegmentsSplitIsRecordedOnceByTheLast) {
    load(Family::kSignature, "absent\nmalware\nware\n");
    EXPECT_EQ(segment(10, "xx mal").size(), 0U);
    const std::vector<Match> matches = segment(16, "ware yy");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "malware");
    EXPECT_EQ(matches[0].distinct_rules, 2U);
    EXPECT_TRUE(matches[0].reassembled);
    EXPECT_EQ(matches[0].needs, std::vector<uint64_t>{1});
    EXPECT_EQ(segment(16, "ware yy").size(), 0U);
    EXPECT_EQ(segment(13, "malware yy").size(), 0U);
}

TEST_F(ReassemblyTest, AWholePayloadIsNotReassembled) {
    load(Family::kSignature, "malware\n");
    EXPECT_EQ(segment(10, "nothing").size(), 0U);
    const std::vector<Match> matches = segment(17, "a malware");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_FALSE(matches[0].reassembled);
    EXPECT_EQ(segment(17, "a malware").size(), 0U);
    EXPECT_EQ(segment(19, "malware and another malware").size(), 1U);
}

TEST_F(ReassemblyTest, AHostLineCompletesWhatTheTargetDoesNotTell) {
    load(Family::kUrl, "http://bad.example/a\n/a\n");
    EXPECT_EQ(segment(0, "GET /a HTTP/1.1\r\nHo").size(), 1U);
    const std::vector<Match> matches = segment(19, "st: bad.example\r\n\r\n");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "http://bad.example/a");
    EXPECT_EQ(matches[0].distinct_rules, 1U);
    EXPECT_EQ(std::get<HttpFacts>(matches[0].evidence).hostname, "bad.example");
    EXPECT_TRUE(matches[0].reassembled);
}

TEST_F(ReassemblyTest, AFragmentedDatagramIsFoundByTheFragmentThatCompletesIt) {
    load(Family::kSignature, "malware\n");
    load(Family::kDomain, "bad.example\n");
    const auto parts = fragments("123456 malware", 16);
    EXPECT_EQ(see(parts[1]).size(), 0U);
    const std::vector<Match> matches = see(parts[0]);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_TRUE(matches[0].reassembled);
    EXPECT_EQ(matches[0].needs, std::vector<uint64_t>{1});
    EXPECT_EQ(matches[0].packet.src_port, 4000);
    const auto query = fragments(dns({"bad.example"}), 8, 53);
    EXPECT_EQ(see(query[0]).size(), 0U);
    EXPECT_EQ(families_of(see(query[1])), std::vector<Family>{Family::kDomain});
}

TEST_F(ReassemblyTest, WhatTheFirstFragmentShowsIsNotToldAgain) {
    load(Family::kSignature, "malware\nlater\n");
    auto parts = fragments("malware and nothing", 16);
    EXPECT_EQ(see(parts[0]).size(), 1U);
    EXPECT_EQ(see(parts[1]).size(), 0U);
    parts = fragments("malware and later", 16);
    EXPECT_EQ(see(parts[0]).size(), 1U);
    EXPECT_EQ(see(parts[1]).size(), 1U);
}

TEST_F(ReassemblyTest, AProbeInTinyFragmentsIsCounted) {
    watch_scans(2, 60);
    size_t records = 0;
    for (const uint16_t port : {1, 2}) {
        const Bytes whole = ip().tcp(4000, port, kSyn);
        const std::string header(whole.begin() + 34, whole.end());
        records += see(ip().protocol(6).fragment(0, true).payload(header.substr(0, 8))).size();
        records += see(ip().protocol(6).fragment(1, false).payload(header.substr(8))).size();
    }
    EXPECT_EQ(records, 1U);
}

class PerPacketTest : public DetectTest {};

TEST_F(PerPacketTest, WithoutReassemblyEveryPacketIsJudgedOnItsOwn) {
    load(Family::kSignature, "malware\n");
    load(Family::kUrl, "/evil\n");
    const auto segment = [](const std::string& text) {
        return Bytes(eth().ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2).payload(text));
    };
    EXPECT_EQ(see(segment("mal")).size(), 0U);
    EXPECT_EQ(see(segment("ware")).size(), 0U);
    EXPECT_EQ(see(segment("malware")).size(), 1U);
    EXPECT_EQ(see(segment("malware")).size(), 1U);
    EXPECT_EQ(see(segment("GET /evil HTTP/1.1\r\n\r\n")).size(), 1U);
}

}  // namespace
}  // namespace peek::test
