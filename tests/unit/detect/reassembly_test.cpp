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

// Each segment behind one with other bytes that its receiver does not take (too few hops, a bad
// checksum): what the readings have in common does not make them one.
TEST_F(ReassemblyTest, ASignatureBehindADecoyOfEachSegmentIsFound) {
    load(Family::kSignature, "malware\n");
    const std::string filler(100, 'x');
    EXPECT_EQ(segment(1000, filler).size(), 0U);
    EXPECT_EQ(segment(1000, filler.substr(3) + "mal").size(), 0U);
    EXPECT_EQ(segment(1100, filler).size(), 0U);
    EXPECT_EQ(segment(1100, "ware" + filler.substr(4)).size(), 1U);
    for (uint32_t seq = 1200; seq < 2400; seq += 100) EXPECT_EQ(segment(seq, filler).size(), 0U);
    EXPECT_EQ(counter("tcp_overlap_differs"), 2U);
    EXPECT_EQ(counter("tcp_runs_capped"), 0U);
}

// More occurrences of later rules across the border than are told apart.
TEST_F(ReassemblyTest, ManyOccurrencesAcrossABorderHideNoRule) {
    const auto a = [](size_t count) { return std::string(count, 'A'); };
    load(Family::kSignature, a(2048) + "B\n" + a(4096) + "\n" + a(3000) + "\n" + a(2500) + "\n");
    segment(10, a(4095));
    const std::vector<Match> matches = segment(10 + 4095, a(2047) + "B");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), a(2048) + "B");
    EXPECT_EQ(matches[0].distinct_rules, 4U);
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

// The end of a request line may be one itself, with a shorter method.
TEST_F(ReassemblyTest, ARequestWhoseEndArrivesFirstIsFoundOnce) {
    load(Family::kUrl, "/evil\n");
    const std::string text = "POST /an/evil/path HTTP/1.1\r\nHost: h\r\n\r\n";
    for (uint32_t at = 1; at < text.size(); ++at) {
        const uint32_t seq = 100'000'000 * at;
        segment(seq - 10, "garbage \r\n");
        const size_t end_first = segment(seq + at, text.substr(at)).size();
        ASSERT_EQ(end_first + segment(seq, text.substr(0, at)).size(), 1U) << at;
    }
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

// An end that only we see (too few hops for its destination) does not hide the real one.
TEST_F(ReassemblyTest, AFalseEndHidesNothingAndNothingIsToldTwice) {
    load(Family::kSignature, "malware\n123456\n");
    const auto parts = fragments("123456 mal-ware malware", 16);
    const auto decoy = fragments("123456 nothing at all !", 16);
    EXPECT_EQ(see(parts[0]).size(), 1U);
    EXPECT_EQ(see(decoy[1]).size(), 0U);
    const auto matches = see(parts[1]);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "malware");
    EXPECT_EQ(matches[0].needs, (std::vector<uint64_t>{1, 2}));
    EXPECT_EQ(see(parts[1]).size(), 0U);
    EXPECT_EQ(counter("fragment_overlap_differs"), 2U);
}

TEST_F(ReassemblyTest, ADatagramFragmentedInsideATunnelIsSearched) {
    load(Family::kSignature, "malware\n");
    const auto in_tunnel = [] {
        return eth()
            .ipv4("192.0.2.1", "192.0.2.2")
            .udp(50000, 4789)
            .vxlan()
            .ethernet()
            .ipv4("10.0.0.1", "10.0.0.2");
    };
    for (const bool tcp : {false, true}) {
        const std::string text = std::string(tcp ? 41 : 37, 'x') + "malware";
        const Bytes whole = tcp ? ip().tcp(4000, 7).payload(text) : ip().udp(4000, 7).payload(text);
        const std::string datagram(whole.begin() + 34, whole.end());
        const size_t cut = (datagram.size() - 4) / 8 * 8;
        const uint8_t protocol = tcp ? 6 : 17;
        EXPECT_EQ(
            see(in_tunnel().protocol(protocol).fragment(0, true).payload(datagram.substr(0, cut)))
                .size(),
            0U);
        const std::vector<Match> matches = see(in_tunnel()
                                                   .protocol(protocol)
                                                   .fragment(static_cast<uint16_t>(cut / 8), false)
                                                   .payload(datagram.substr(cut)));
        ASSERT_EQ(matches.size(), 1U);
        EXPECT_TRUE(matches[0].reassembled);
        EXPECT_EQ(matches[0].packet.ip_depth, 1);
        EXPECT_EQ(matches[0].packet.tunnel.dst_port, 4789);
        EXPECT_EQ(matches[0].excerpt, text);
    }
}

TEST_F(ReassemblyTest, ASegmentThatAnotherTunnelBringsIsAnother) {
    load(Family::kSignature, "malware\n");
    const auto to = [](const char* end) {
        return eth()
            .ipv4("192.0.2.1", end)
            .udp(50000, 4789)
            .vxlan()
            .ethernet()
            .ipv4("10.0.0.1", "10.0.0.2")
            .tcp(4000, 7);
    };
    EXPECT_EQ(see(to("192.0.2.2").payload("malware")).size(), 1U);
    EXPECT_EQ(see(to("192.0.2.2").payload("malware")).size(), 0U);
    EXPECT_EQ(see(to("192.0.2.3").payload("malware")).size(), 1U);
}

TEST_F(ReassemblyTest, AnUrgentPointerWithoutPayloadIsHeeded) {
    load(Family::kSignature, "malware\n");
    const Bytes pointer = ip().tcp(4000, 7, kUrg).urgent(4).payload("");
    EXPECT_EQ(see(pointer).size(), 0U);
    EXPECT_EQ(see(ip().tcp(4000, 7).payload("mal!ware")).size(), 1U);
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

TEST_F(ReassemblyTest, AFragmentThatIsNoProbeHidesNone) {
    watch_scans(2, 60);
    size_t records = 0;
    for (const uint16_t port : {1, 2}) {
        const Bytes whole = ip().tcp(4000, port, kSyn);
        const Bytes other = ip().tcp(4000, port, kAck).payload("0123");
        const std::string header(whole.begin() + 34, whole.end());
        const std::string decoy(other.begin() + 34, other.end());
        records += see(ip().protocol(6).fragment(0, true).payload(decoy)).size();
        records += see(ip().protocol(6).fragment(0, true).payload(header.substr(0, 8))).size();
        records += see(ip().protocol(6).fragment(1, false).payload(header.substr(8))).size();
    }
    EXPECT_EQ(records, 1U);
}

// A host takes a priority tag (IEEE 802.1Q: id 0) off without a look at it.
TEST_F(ReassemblyTest, APriorityTagIsNoOtherNetwork) {
    load(Family::kSignature, "malware\n");
    const auto segment = [](Frame frame, uint32_t seq, const char* text) {
        return Bytes(frame.ipv4("10.0.0.1", "10.0.0.2").tcp(4000, 80).sequence(seq).payload(text));
    };
    EXPECT_EQ(see(segment(eth().vlan(5), 1, "mal")).size(), 0U);
    EXPECT_EQ(see(segment(eth().vlan(5).vlan(0), 4, "ware")).size(), 1U);
    EXPECT_EQ(see(segment(eth().vlan(6), 1, "mal")).size(), 0U);
    EXPECT_EQ(see(segment(eth().vlan(7), 4, "ware")).size(), 0U);
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
