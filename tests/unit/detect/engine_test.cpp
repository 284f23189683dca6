// SPDX-License-Identifier: BSD-2-Clause
#include <set>

#include "detect_fixture.h"
#include "scan_harness.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

class EngineTest : public DetectTest {
  protected:
    void load_all() {
        load(Family::kIp, "192.0.2.7\n");
        load(Family::kDomain, "bad.example\n");
        load(Family::kUrl, "/evil\n");
        load(Family::kSignature, "evil\nbad\n");
    }
};

using Families = std::vector<Family>;

Frame bad() {
    return eth().ipv4("192.0.2.7", "10.0.0.1");
}
Frame good() {
    return eth().ipv4("10.0.0.2", "10.0.0.1");
}

TEST_F(EngineTest, APacketsMatchesComeInTheOrderOfTheFamilies) {
    load_all();
    watch_scans(2, 60);
    see(bad().tcp(4000, 1, kSyn));
    EXPECT_EQ(families_of(see(bad().tcp(4000, 2, kSyn).payload("GET /evil HTTP/1.1\n\n"))),
              (Families{Family::kIp, Family::kUrl, Family::kSignature, Family::kScan}));
    EXPECT_EQ(families_of(see(bad().udp(4000, 53).payload(dns({"bad.example"})))),
              (Families{Family::kIp, Family::kDomain, Family::kSignature}));
}

TEST_F(EngineTest, OnlyTheFamiliesOfTheViewAreAsked) {
    load_all();
    const Bytes frame = bad().tcp(4000, 80).payload("GET /evil HTTP/1.1\n\n");
    next_.families = PEEK_FAMILY_URL | PEEK_FAMILY_DOMAIN;
    EXPECT_EQ(families_of(see(frame)), Families{Family::kUrl});
    next_.families = PEEK_FAMILY_IP | PEEK_FAMILY_SIGNATURE;
    EXPECT_EQ(families_of(see(frame)), (Families{Family::kIp, Family::kSignature}));
    next_.families = 0;
    EXPECT_EQ(families_of(see(frame)), Families{});
}

TEST_F(EngineTest, AnIgnoredAddressIsCleanForEveryFamily) {
    load_all();
    watch_scans(2, 60);
    ignore(RuleList::kIgnore, "10.0.0.0/24\n");
    EXPECT_EQ(see(bad().udp(4000, 53).payload(dns({"bad.example"}))).size(), 0U);
    EXPECT_EQ(see(eth().ipv4("10.0.0.1", "192.0.2.7").tcp(4000, 1, kSyn)).size(), 0U);
    EXPECT_EQ(see(eth().ipv4("10.0.0.1", "192.0.2.7").tcp(4000, 2, kSyn)).size(), 0U);
    EXPECT_EQ(counter("ignored"), 3U);
    EXPECT_EQ(families_of(see(eth().ipv4("192.0.2.7", "10.0.1.1"))), Families{Family::kIp});
    EXPECT_EQ(counter("ignored"), 3U);
}

TEST_F(EngineTest, AnIgnoredMappedAddressIsTheIpv4Address) {
    load_all();
    ignore(RuleList::kIgnore, "192.0.2.7\n");
    EXPECT_EQ(see(eth().ipv6("::ffff:192.0.2.7", "2001:db8::1").udp(1, 2)).size(), 0U);
    EXPECT_EQ(counter("ignored"), 1U);
}

TEST_F(EngineTest, ProbesOfAScanIgnoredAddressAreNotCounted) {
    load_all();
    watch_scans(2, 60);
    ignore(RuleList::kScanIgnore, "192.0.2.7\n");
    for (const uint16_t port : {1, 2, 3})
        EXPECT_EQ(families_of(see(bad().tcp(4000, port, kSyn))), Families{Family::kIp});
    EXPECT_EQ(counter("scan_probes_ignored"), 3U);
    EXPECT_EQ(counter("ignored"), 0U);
    see(good().tcp(4000, 1, kSyn));
    EXPECT_EQ(families_of(see(good().tcp(4000, 2, kSyn))), Families{Family::kScan});
}

TEST_F(EngineTest, WithoutRulesNothingIsReported) {
    EXPECT_EQ(see(bad().tcp(1, 2, kSyn).payload("GET /evil HTTP/1.1\n\n")).size(), 0U);
    EXPECT_EQ(engine_.packets(), 1U);
}

TEST_F(EngineTest, WhatIsNotIpIsCountedByName) {
    load_all();
    EXPECT_EQ(see(cut(eth().ipv4("192.0.2.7", "10.0.0.1"), 20)).size(), 0U);
    EXPECT_EQ(see({}).size(), 0U);
    EXPECT_EQ(counter(decode_event_name(DecodeEvent::kIpTruncated)), 1U);
    EXPECT_EQ(counter(decode_event_name(DecodeEvent::kLinkTruncated)), 1U);
}

TEST_F(EngineTest, CountersHaveDistinctNamesAndStartAtZero) {
    std::set<std::string_view> names;
    for (const Counter& counter : engine_.counters()) {
        EXPECT_TRUE(names.insert(counter.name).second) << counter.name;
        EXPECT_EQ(counter.value, 0U) << counter.name;
    }
    EXPECT_TRUE(names.contains("scan_state_evicted"));
    EXPECT_TRUE(names.contains("dns_header_truncated"));
    EXPECT_TRUE(names.contains("http_headers_truncated"));
}

TEST_F(EngineTest, WhatMayHaveGoneUnseenIsMarkedBlind) {
    std::set<std::string_view> blind;
    for (const Counter& counter : engine_.counters())
        if (counter.blind) blind.insert(counter.name);
    EXPECT_EQ(blind, (std::set<std::string_view>{
                         "vlan_too_many", "ipv6_extension_too_many", "tunnel_too_deep",
                         "dns_compression_too_deep", "dns_message_given_up", "http_too_many_hosts",
                         "http_header_cut", "http_bad_request_line", "http_request_in_body",
                         "http_bad_content_length", "http_bad_transfer_encoding", "http_bad_chunk",
                         "tcp_runs_capped", "tcp_gap_given_up", "tcp_state_evicted",
                         "fragment_readings_capped", "fragment_cut", "fragment_evicted",
                         "scan_state_evicted"}));
}

TEST_F(EngineTest, AProbeIsASynWithoutAck) {
    watch_scans(2, 60);
    see(good().tcp(4000, 1, kSyn));
    for (const uint8_t flags : {kSyn | kAck, int{kAck}, int{kFin}, int{kRst}, 0})
        EXPECT_EQ(see(good().tcp(4000, 2, static_cast<uint8_t>(flags))).size(), 0U) << int{flags};
    EXPECT_EQ(see(good().udp(4000, 3)).size(), 0U);
    EXPECT_EQ(see(cut(good().tcp(4000, 4, kSyn), 14 + 20 + 19)).size(), 0U);
    EXPECT_EQ(see(good().tcp(4000, 5, kSyn).header_length(4)).size(), 0U);
    EXPECT_EQ(families_of(see(good().tcp(4000, 6, kSyn | kFin | kPsh))), Families{Family::kScan});
}

TEST_F(EngineTest, AScansEndComesBeforeTheMatchesOfThePacketThatPassedItsDeadline) {
    load(Family::kIp, "192.0.2.7\n");
    watch_scans(2, 60);
    see_at(100, good().tcp(4000, 1, kSyn));
    EXPECT_EQ(families_of(see_at(101, good().tcp(4000, 2, kSyn))), Families{Family::kScan});
    EXPECT_EQ(families_of(see_at(161, bad().udp(1, 2))), Families{Family::kIp});
    const std::vector<Match> matches = see_at(162, bad().udp(1, 2));
    ASSERT_EQ(families_of(matches), (Families{Family::kScan, Family::kIp}));
    EXPECT_EQ(tell(matches[0]), "end #2 at 101: 1-2 (2 ports) from 100 to 101");
}

TEST_F(EngineTest, AdvanceAndFinishEndScansWithoutPackets) {
    watch_scans(2, 60);
    for (const uint16_t port : {1, 2}) see_at(100, good().tcp(4000, port, kSyn));
    engine_.advance(at_second(160), sets_);
    EXPECT_EQ(sink_.take().size(), 0U);
    engine_.advance(at_second(161), sets_);
    EXPECT_EQ(sink_.take().size(), 1U);
    for (const uint16_t port : {1, 2}) see_at(300, good().tcp(4000, port, kSyn));
    EXPECT_EQ(sink_.take().size(), 0U);
    EXPECT_EQ(finish().size(), 1U);
    EXPECT_EQ(finish().size(), 0U);
}

TEST_F(EngineTest, HighWaterIsTheHighestTimeSoFar) {
    see_at(100, good().udp(1, 2));
    see_at(50, good().udp(1, 2));
    EXPECT_EQ(engine_.high_water(), at_second(100));
    engine_.advance(at_second(70), sets_);
    EXPECT_EQ(engine_.high_water(), at_second(100));
    engine_.advance(at_second(170), sets_);
    EXPECT_EQ(engine_.high_water(), at_second(170));
}

class Times final : public MatchSink {
  public:
    void on_match(const Match& /*match*/, const RuleSets& /*rules*/) override {
        seen.push_back(engine->high_water());
    }
    const Engine* engine = nullptr;
    std::vector<Timestamp> seen;  // packet time when the sink was told
};

// Packets in which nothing is found make time pass as well.
TEST_F(EngineTest, AScanEndsAtThePacketThatSaysSoInTheMiddleOfABlock) {
    watch_scans(2, 60);
    Times times;
    Engine engine(times);
    times.engine = &engine;
    const std::vector<Bytes> frames{good().tcp(4000, 1, kSyn), good().tcp(4000, 2, kSyn),
                                    good().udp(1, 2), good().udp(1, 2), good().udp(1, 2)};
    const std::vector<int64_t> seconds{0, 10, 70, 71, 300};
    std::vector<PacketView> views(frames.size());
    for (size_t i = 0; i < views.size(); ++i) {
        views[i].bytes = frames[i];
        views[i].time = at_second(seconds[i]);
    }
    engine.process(views, sets_);
    EXPECT_EQ(times.seen, (std::vector<Timestamp>{at_second(10), at_second(71)}));
    EXPECT_EQ(engine.high_water(), at_second(300));
}

TEST_F(EngineTest, TheKernelsEvidenceReachesTheScanDetector) {
    watch_scans(3, 60);
    const std::vector<ProbeInterval> slots{{1, at_second(90), at_second(95)},
                                           {2, at_second(91), at_second(91)}};
    next_.probes = slots;
    const std::vector<Match> matches = see_at(100, good().tcp(4000, 3, kSyn));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(tell(matches[0]), "start #1 at 100: 1-3 (3 ports) from 90 to 100");
}

TEST_F(EngineTest, NmapOfAThousandPortsIsOneStartAndOneEnd) {
    watch_scans(20, 60);
    size_t starts = 0;
    for (uint16_t port = 1; port <= 1000; ++port)
        starts += see_at(port / 500, good().tcp(4000, port, kSyn)).size();
    EXPECT_EQ(starts, 1U);
    const std::vector<Match> ends = finish();
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(tell(ends[0]), "end #1000 at 2: 1-1000 (1000 ports) from 0 to 2");
    EXPECT_EQ(counter("scan_state_evicted"), 0U);
}

TEST_F(EngineTest, TwoHundredConnectionsToOnePortAreNoScan) {
    watch_scans(2, 60);
    for (uint16_t i = 0; i < 200; ++i)
        EXPECT_EQ(see_at(i / 20, good().tcp(static_cast<uint16_t>(4000 + i), 443, kSyn)).size(),
                  0U);
    EXPECT_EQ(finish().size(), 0U);
}

}  // namespace
}  // namespace peek::test
