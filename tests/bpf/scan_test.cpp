// SPDX-License-Identifier: BSD-2-Clause
// The SYN counter: what it hands over, with which evidence, and what it counts as forgotten.
#include <bpf/bpf.h>
#include <peek/abi.h>

#include <algorithm>
#include <cstring>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

constexpr uint64_t kStart = 1000 * kSecond;
constexpr uint64_t kWindow = 60 * kSecond;
constexpr const char* kSrc = "192.0.2.10";
constexpr const char* kDst = "192.0.2.20";

Bytes syn(uint16_t port, const char* src = kSrc, const char* dst = kDst) {
    return eth().ipv4(src, dst).tcp(40000, port, kSyn).options(20);
}
Bytes syn6(uint16_t port) {
    return eth().ipv6("2001:db8::a", "2001:db8::b").tcp(40000, port, kSyn);
}

struct Slot {
    uint16_t port;
    uint64_t first;
    uint64_t last;
    bool operator==(const Slot&) const = default;
    friend void PrintTo(const Slot& s, std::ostream* out) {
        *out << s.port << " from " << s.first << " to " << s.last;
    }
};

std::vector<Slot> slots_of(const peek_scan_evidence& evidence) {
    std::vector<Slot> out;
    for (uint32_t i = 0; i < evidence.used; ++i)
        out.push_back(
            {evidence.slots.port[i], evidence.slots.first_ns[i], evidence.slots.last_ns[i]});
    std::sort(out.begin(), out.end(), [](const Slot& a, const Slot& b) {
        return std::tie(a.port, a.first) < std::tie(b.port, b.first);
    });
    return out;
}

class ScanTest : public BpfTest {
  protected:
    static Setup threshold(uint32_t ports) {
        Setup setup;
        setup.scan = ScanRule{ports, Nanoseconds(kWindow)};
        return setup;
    }
    // Probes `port` at kStart + `after`.
    Outcome probe(uint16_t port, uint64_t after = 0) {
        at(kStart + after);
        return run(syn(port));
    }
    // Probes ports first … last and expects nothing of it.
    void quiet_probes(uint16_t first, uint16_t last, uint64_t after = 0) {
        for (uint16_t port = first; port <= last; ++port)
            EXPECT_TRUE(probe(port, after).clean()) << "port " << port;
    }
    static void expect_evidence(const Outcome& out, const std::vector<Slot>& slots) {
        ASSERT_TRUE(out.handed_over());
        EXPECT_EQ(out.counted.by_reason[PEEK_REASON_SCAN], 1U);
        const Captured& record = out.records[0];
        EXPECT_EQ(record.head.families, uint32_t{PEEK_FAMILY_SCAN});
        ASSERT_TRUE(record.evidence);
        EXPECT_EQ(slots_of(*record.evidence), slots);
    }
    static void expect_plain(const Outcome& out) {
        ASSERT_TRUE(out.handed_over());
        EXPECT_EQ(out.records[0].head.type, PEEK_RECORD_PACKET);
        EXPECT_EQ(out.records[0].head.families, uint32_t{PEEK_FAMILY_SCAN});
    }

    enum class Place : uint8_t {
        kSet,
        kDoor
    };
    // Destinations whose pairs with kSrc meet in one set of the table, or at one door.
    std::vector<std::string> colliding_destinations(Place place, size_t count) const;
    Outcome probe_to(const std::string& dst, uint16_t port, uint64_t after) {
        at(kStart + after);
        return run(syn(port, kSrc, dst.c_str()));
    }
};

std::vector<std::string> ScanTest::colliding_destinations(Place place, size_t count) const {
    peek_config config{};
    const uint32_t key = 0;
    EXPECT_EQ(bpf_map_lookup_elem(map("peek_config").get(), &key, &config), 0);
    const auto place_of = [&](const char* dst) {
        uint8_t bytes[32]{};
        bytes[10] = bytes[11] = bytes[26] = bytes[27] = 0xff;
        inet_pton(AF_INET, kSrc, bytes + 12);
        inet_pton(AF_INET, dst, bytes + 28);
        __u64 halves[4];
        std::memcpy(halves, bytes, sizeof halves);
        const __u64 hash = peek_pair_hash(halves, halves + 2, config.hash_seed);
        return place == Place::kSet ? hash % PEEK_SCAN_SETS : (hash >> 12) % PEEK_SCAN_DOORS;
    };
    std::vector<std::string> found{"10.0.0.0"};
    const uint64_t wanted = place_of("10.0.0.0");
    for (uint32_t i = 1; found.size() < count; ++i) {
        const std::string dst = "10." + std::to_string(i >> 16) + "." +
                                std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255);
        if (place_of(dst.c_str()) == wanted) found.push_back(dst);
    }
    return found;
}

TEST_P(ScanTest, TheProbeThatCrossesTheThresholdCarriesTheEvidence) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(5)));
    for (uint16_t port = 1; port <= 4; ++port)
        EXPECT_TRUE(probe(port, port * kSecond).clean()) << "port " << port;
    const uint64_t s = kSecond;
    const Outcome fifth = probe(5, 5 * s);
    expect_evidence(fifth, {{1, kStart + 1 * s, kStart + 1 * s},
                            {2, kStart + 2 * s, kStart + 2 * s},
                            {3, kStart + 3 * s, kStart + 3 * s},
                            {4, kStart + 4 * s, kStart + 4 * s},
                            {5, kStart + 5 * s, kStart + 5 * s}});
    ASSERT_TRUE(fifth.handed_over());
    EXPECT_EQ(fifth.records[0].frame, syn(5));
    EXPECT_EQ(fifth.records[0].head.time_ns, kStart + 5 * s);
    EXPECT_EQ(fifth.answer, pass());
}

TEST_P(ScanTest, AfterItEveryProbeIsHandedOverWithoutEvidence) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    quiet_probes(1, 2);
    expect_evidence(probe(3), {{1, kStart, kStart}, {2, kStart, kStart}, {3, kStart, kStart}});
    expect_plain(probe(4));
    expect_plain(probe(4));
    expect_plain(probe(1, kWindow));
}

TEST_P(ScanTest, ThresholdsOfTwoAndOfSixtyFour) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    quiet_probes(7, 7);
    expect_evidence(probe(9), {{7, kStart, kStart}, {9, kStart, kStart}});

    ASSERT_NO_FATAL_FAILURE(load(threshold(64)));
    quiet_probes(1, 63);
    const Outcome crossing = probe(64);
    ASSERT_TRUE(crossing.handed_over());
    ASSERT_TRUE(crossing.records[0].evidence);
    EXPECT_EQ(crossing.records[0].evidence->used, 64U);
}

TEST_P(ScanTest, ManyConnectionsToOnePortAreNoScan) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    for (uint64_t i = 0; i < 200; ++i) EXPECT_TRUE(probe(443, i * kSecond / 10).clean());
}

TEST_P(ScanTest, OneSourceToManyTargetsIsNotThisScan) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    at(kStart);
    EXPECT_TRUE(run(syn(1, kSrc, "10.0.0.1")).clean());
    EXPECT_TRUE(run(syn(2, kSrc, "10.0.0.2")).clean());
    EXPECT_TRUE(run(syn(3, "10.0.0.3", kSrc)).clean());
    EXPECT_TRUE(run(syn(4, "10.0.0.1", kSrc)).clean());
}

TEST_P(ScanTest, OnlyASynWithoutAckInAWholeHeaderIsAProbe) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    at(kStart);
    EXPECT_TRUE(run(syn(1)).clean());
    const Frame other = eth().ipv4(kSrc, kDst);
    EXPECT_TRUE(run(Frame(other).tcp(40000, 2, kSyn | kAck)).clean());
    EXPECT_TRUE(run(Frame(other).tcp(40000, 3, kAck)).clean());
    EXPECT_TRUE(run(Frame(other).tcp(40000, 4, kFin | kRst | kPsh)).clean());
    EXPECT_TRUE(run(Frame(other).tcp(40000, 5, kSyn).header_length(4)).clean());
    EXPECT_TRUE(run(Frame(other).tcp(40000, 6, kSyn).header_length(6)).clean());
    EXPECT_TRUE(run(cut(syn(7), 53)).clean());
    EXPECT_TRUE(run(Frame(other).udp(40000, 9)).clean());
    EXPECT_TRUE(run(Frame(other).fragment(0, true).tcp(40000, 10, kSyn | kFin)).handed_over());
}

// Beside the probes that it counts, the kernel hands over what may hide others: not these.
TEST_P(ScanTest, ProbesInFragmentsAndTunnelsAreForUserSpaceUnlessTheKernelCountsThem) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    at(kStart);
    const Frame other = eth().ipv4(kSrc, kDst);
    const Frame syn_to_1 = Frame(other).fragment(0, true).tcp(40000, 1, kSyn);
    EXPECT_TRUE(run(syn_to_1).clean());
    expect_plain(run(Frame(other).fragment(0, true).tcp(40000, 2, kSyn | kAck)));
    expect_plain(run(Frame(other).fragment(0, true).protocol(6).payload_of(8)));
    expect_plain(run(Frame(other).fragment(3, true).tcp(40000, 3, kSyn)));
    expect_plain(run(Frame(other).ipv4(kSrc, kDst).tcp(40000, 4, kSyn)));
    EXPECT_TRUE(run(syn_to_1).clean());
    EXPECT_TRUE(run(Frame(other).fragment(0, true).tcp(40000, 5, kSyn)).handed_over());
}

TEST_P(ScanTest, AnIdlePairStartsAnew) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    quiet_probes(1, 2);
    EXPECT_TRUE(probe(3).handed_over());
    EXPECT_TRUE(probe(4, kWindow).handed_over());
    quiet_probes(5, 6, 2 * kWindow + 1);
    const Outcome again = probe(7, 2 * kWindow + 2);
    ASSERT_TRUE(again.handed_over());
    EXPECT_TRUE(again.records[0].evidence);
}

TEST_P(ScanTest, ProbesFartherApartThanTheWindowDoNotAddUp) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    for (uint16_t i = 0; i < 10; ++i) EXPECT_TRUE(probe(100 + i, i * (kWindow + 1)).clean());
    EXPECT_TRUE(probe(200, 9 * (kWindow + 1) + kWindow).handed_over());
}

TEST_P(ScanTest, TimeMayStepBack) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    const uint64_t later = 10 * kWindow;
    quiet_probes(1, 1, later);
    quiet_probes(2, 2, later - kWindow - 1);
    quiet_probes(3, 3, later - kWindow - 2);
    expect_evidence(probe(4, later - kWindow),
                    {{1, kStart + later, kStart + later},
                     {2, kStart + later - kWindow - 1, kStart + later - kWindow - 1},
                     {3, kStart + later - kWindow - 2, kStart + later - kWindow - 2},
                     {4, kStart + later - kWindow, kStart + later - kWindow}});
}

TEST_P(ScanTest, AProbeOfTheSamePortExtendsItsSlotUpToTheWindow) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    quiet_probes(1, 1, 0);
    quiet_probes(1, 1, kWindow);
    quiet_probes(1, 1, 2 * kWindow + 1);
    quiet_probes(2, 2, 2 * kWindow + 1);
    expect_evidence(probe(3, 2 * kWindow + 1),
                    {{1, kStart + 2 * kWindow + 1, kStart + 2 * kWindow + 1},
                     {2, kStart + 2 * kWindow + 1, kStart + 2 * kWindow + 1},
                     {3, kStart + 2 * kWindow + 1, kStart + 2 * kWindow + 1}});
}

TEST_P(ScanTest, TheFirstPortKeepsItsIntervalWhileItWaits) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    quiet_probes(7, 7, 100);
    quiet_probes(7, 7, 5 * kSecond);
    quiet_probes(7, 7, 50);
    quiet_probes(7, 7, kSecond);
    quiet_probes(8, 8, 5 * kSecond + kWindow);
    expect_evidence(probe(9, 5 * kSecond + kWindow),
                    {{7, kStart + 50, kStart + 5 * kSecond},
                     {8, kStart + 5 * kSecond + kWindow, kStart + 5 * kSecond + kWindow},
                     {9, kStart + 5 * kSecond + kWindow, kStart + 5 * kSecond + kWindow}});
}

TEST_P(ScanTest, EvidenceThatFoundTheRingFullGoesWithTheNextProbe) {
    Setup setup = threshold(2);
    setup.ip = "198.51.100.7\n";
    setup.options.ring_bytes = 4096;
    ASSERT_NO_FATAL_FAILURE(load(setup));
    quiet_probes(1, 1);
    const Bytes bad = eth().ipv4("198.51.100.7", kDst).tcp(1, 2);
    for (int i = 0; i < 16; ++i) run_only(bad);

    const Outcome lost = run_only(syn(2));
    EXPECT_EQ(describe(lost.counted), "seen=1 candidates=1 ring_full=1 scan=1 ");
    EXPECT_EQ(drain().size(), 16U);
    expect_evidence(probe(3), {{1, kStart, kStart}, {2, kStart, kStart}, {3, kStart, kStart}});
    expect_plain(probe(4));
}

TEST_P(ScanTest, ALongProbeCarriesEvidenceToo) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    quiet_probes(1, 1);
    const Bytes frame = eth().ipv4(kSrc, kDst).tcp(40000, 2, kSyn).payload_of(1400);
    const Outcome out = run(frame);
    expect_evidence(out, {{1, kStart, kStart}, {2, kStart, kStart}});
    ASSERT_TRUE(out.handed_over());
    EXPECT_EQ(out.records[0].frame, frame);
}

TEST_P(ScanTest, BothHooksAndBothVersionsShareOneTable) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    at(kStart);
    test_run(program_->program_fd(ProgramKind::kXdpIngress), syn6(1));
    test_run(program_->program_fd(ProgramKind::kTcEgress), syn6(2));
    EXPECT_TRUE(run(syn(3)).clean());
    EXPECT_TRUE(run(syn6(3)).handed_over());
}

TEST_P(ScanTest, BelowTheThresholdABadAddressIsOnlyABadAddress) {
    Setup setup = threshold(2);
    setup.ip = std::string(kSrc) + "\n";
    ASSERT_NO_FATAL_FAILURE(load(setup));
    const Outcome first = probe(1);
    ASSERT_TRUE(first.handed_over());
    EXPECT_EQ(first.records[0].head.families, uint32_t{PEEK_FAMILY_IP});
    const Outcome second = probe(2);
    ASSERT_TRUE(second.handed_over());
    EXPECT_EQ(second.records[0].head.families, uint32_t{PEEK_FAMILY_IP | PEEK_FAMILY_SCAN});
    EXPECT_EQ(second.records[0].head.reason, PEEK_REASON_IP);
    EXPECT_TRUE(second.records[0].evidence);
}

TEST_P(ScanTest, TheTablesLoadIsThePairsThatAreLive) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(5)));
    const auto pairs = [this] { return program_->scan_load().pairs; };
    EXPECT_EQ(pairs(), 0U);
    quiet_probes(1, 1);
    EXPECT_EQ(pairs(), 0U) << "one port: at the door";
    quiet_probes(2, 3);
    for (const uint16_t port : {1, 2}) probe_to("10.0.0.1", port, kWindow / 2);
    EXPECT_EQ(pairs(), 2U);
    at(kStart + kWindow + 2 * kSecond);
    EXPECT_EQ(pairs(), 1U);
    at(kStart + 2 * kWindow);
    EXPECT_EQ(pairs(), 0U);
    EXPECT_EQ(program_->scan_load().room, 16384U);
}

TEST_P(ScanTest, WithoutTheFamilyNothingIsCounted) {
    Setup setup;
    setup.domain = "a.example\n";
    ASSERT_NO_FATAL_FAILURE(load(setup));
    quiet_probes(1, 100);
    setup.scan = ScanRule{20, Nanoseconds(kWindow)};
    ASSERT_NO_FATAL_FAILURE(install(setup, 2));
    quiet_probes(101, 119);
    EXPECT_TRUE(probe(120).handed_over());
}

TEST_P(ScanTest, AFifthLivePairInASetPushesTheStalestOut) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    const auto dst = colliding_destinations(Place::kSet, 6);
    const auto enter = [&](const std::string& to, uint64_t second) {
        EXPECT_TRUE(probe_to(to, 1, second * kSecond).clean());
        return probe_to(to, 2, second * kSecond);
    };
    for (uint64_t i = 0; i < 4; ++i) EXPECT_TRUE(enter(dst[i], i + 1).clean());
    EXPECT_EQ(describe(enter(dst[4], 5).counted), "seen=1 passed_clean=1 scan_state_evicted=1 ");
    // dst[0] has been forgotten, dst[1] not.
    EXPECT_TRUE(probe_to(dst[1], 3, 6 * kSecond).handed_over());
    EXPECT_EQ(describe(probe_to(dst[0], 3, 7 * kSecond).counted),
              "seen=1 passed_clean=1 scan_state_evicted=1 ");
    // Pairs that have been idle for longer than the window are no loss.
    EXPECT_EQ(describe(enter(dst[5], 200).counted), "seen=1 passed_clean=1 ");
}

TEST_P(ScanTest, PairsThatUserSpaceKnowsAreSparedLast) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(3)));
    const auto dst = colliding_destinations(Place::kSet, 5);
    for (const uint16_t port : {1, 2, 3}) probe_to(dst[0], port, 0);
    for (uint64_t i = 1; i < 5; ++i)
        for (const uint16_t port : {1, 2}) probe_to(dst[i], port, i * kSecond);
    expect_plain(probe_to(dst[0], 4, 5 * kSecond));
    EXPECT_TRUE(probe_to(dst[4], 3, 5 * kSecond).handed_over());
}

TEST_P(ScanTest, AFourthLivePairAtADoorPushesTheStalestOut) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    const auto dst = colliding_destinations(Place::kDoor, 5);
    for (uint64_t i = 0; i < 3; ++i) EXPECT_TRUE(probe_to(dst[i], 1, i).clean());
    EXPECT_EQ(describe(probe_to(dst[3], 1, 3).counted),
              "seen=1 passed_clean=1 scan_state_evicted=1 ");
    EXPECT_TRUE(probe_to(dst[1], 2, 4).handed_over());
    // dst[0] begins anew, in the place of dst[1], which has entered and is no loss.
    EXPECT_EQ(describe(probe_to(dst[0], 2, 5).counted), "seen=1 passed_clean=1 ");
    EXPECT_TRUE(probe_to(dst[0], 3, 6).handed_over());
    EXPECT_EQ(describe(probe_to(dst[4], 1, 200 * kSecond).counted), "seen=1 passed_clean=1 ");
}

// The last column of a bucket, too.
TEST_P(ScanTest, EveryPlaceAtADoorIsRemembered) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(2)));
    const auto dst = colliding_destinations(Place::kDoor, 3);
    for (uint16_t i = 0; i < 3; ++i) EXPECT_TRUE(probe_to(dst[i], 100 + i, i).clean());
    for (uint16_t i = 0; i < 3; ++i)
        expect_evidence(probe_to(dst[i], 200 + i, 10),
                        {{static_cast<uint16_t>(100 + i), kStart + i, kStart + i},
                         {static_cast<uint16_t>(200 + i), kStart + 10, kStart + 10}});
}

TEST_P(ScanTest, APortForgottenBeforeUserSpaceKnowsThePairIsCounted) {
    Setup setup = threshold(64);
    setup.ip = "198.51.100.7\n";
    setup.options.ring_bytes = 4096;
    ASSERT_NO_FATAL_FAILURE(load(setup));
    for (uint16_t port = 1; port <= 63; ++port) probe(port, port);
    const Bytes bad = eth().ipv4("198.51.100.7", kDst).tcp(1, 2);
    for (int i = 0; i < 16; ++i) run_only(bad);

    EXPECT_EQ(describe(run_only(syn(64)).counted), "seen=1 candidates=1 ring_full=1 scan=1 ");
    EXPECT_EQ(describe(run_only(syn(65)).counted),
              "seen=1 candidates=1 ring_full=1 scan_state_evicted=1 scan=1 ");
}

TEST_P(ScanTest, APortForgottenAfterItIsNoLoss) {
    ASSERT_NO_FATAL_FAILURE(load(threshold(64)));
    for (uint16_t port = 1; port <= 64; ++port) probe(port, port);
    EXPECT_EQ(describe(probe(65, 65).counted), "seen=1 candidates=1 scan=1 ");
    EXPECT_EQ(describe(probe(66, 65 + 2 * kWindow).counted), "seen=1 passed_clean=1 ");
}

INSTANTIATE_TEST_SUITE_P(Hooks, ScanTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcEgress),
                         kind_name);

}  // namespace
}  // namespace peek::test
