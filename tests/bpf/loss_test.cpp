// SPDX-License-Identifier: BSD-2-Clause
// Decisions of the kernel whose record finds no room: counted by who and what.
#include <bpf/bpf.h>

#include <set>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

constexpr const char* kGood = "192.0.2.1";
// 16 records of 8 + 48 + 192 bytes fit into a page.
constexpr int kRoom = 16;

Bytes from(const std::string& src, const char* dst = kGood) {
    return eth().ipv4(src.c_str(), dst).udp(1, 2);
}
Bytes probe(uint16_t port, const char* src = "203.0.113.1") {
    return eth().ipv4(src, kGood).tcp(1000, port, kSyn);
}

using Lines = std::multiset<std::string>;

class LossTest : public BpfTest {
  protected:
    void load_small(Setup setup) {
        setup.options.ring_bytes = 4096;
        load(setup);
        at(kSecond);
    }
    // "TYPE SRC DST COUNT" of what was lost since the last call.
    Lines losses() {
        Lines lines;
        for (const KernelLoss& loss : program_->drain_losses()) {
            EXPECT_EQ(loss.ifindex, kLoopback);
            EXPECT_EQ(loss.hook, hook());
            lines.insert((loss.type == PEEK_LOSS_IP ? "ip " : "scan ") + loss.src.to_string() +
                         " " + loss.dst.to_string() + " " + std::to_string(loss.count));
        }
        return lines;
    }
};

TEST_P(LossTest, AddressesAreCountedByPair) {
    ASSERT_NO_FATAL_FAILURE(load_small({.ip = "198.51.100.0/24\n2001:db8:bad::/48\n"}));
    for (int i = 0; i < kRoom; ++i) run_only(from("198.51.100.1"));
    EXPECT_EQ(losses(), Lines{});
    for (int i = 0; i < 3; ++i) run_only(from("198.51.100.1"));
    run_only(from("198.51.100.2"));
    run_only(from("198.51.100.2", "192.0.2.2"));
    at(7 * kSecond);
    const Outcome out = run_only(eth().ipv6("2001:db8:bad::1", "2001:db8::1").udp(1, 2));
    EXPECT_EQ(describe(out.counted), "seen=1 candidates=1 ring_full=1 ip=1 ");
    EXPECT_EQ(losses(), (Lines{"ip 198.51.100.1 192.0.2.1 3", "ip 198.51.100.2 192.0.2.1 1",
                               "ip 198.51.100.2 192.0.2.2 1", "ip 2001:db8:bad::1 2001:db8::1 1"}));
    EXPECT_EQ(losses(), Lines{});
    EXPECT_EQ(program_->lost_in_rings(), 6U);
}

TEST_P(LossTest, EachDrainTellsWhatCameSinceTheLast) {
    ASSERT_NO_FATAL_FAILURE(load_small({.ip = "198.51.100.1\n"}));
    for (int i = 0; i < kRoom; ++i) run_only(from("198.51.100.1"));
    for (int round = 1; round < 5; ++round) {
        for (int i = 0; i < round; ++i) run_only(from("198.51.100.1"));
        at(static_cast<uint64_t>(round) * kSecond);
        EXPECT_EQ(losses(), Lines{"ip 198.51.100.1 192.0.2.1 " + std::to_string(round)});
    }
}

TEST_P(LossTest, TheTimeOfTheLastIsKept) {
    ASSERT_NO_FATAL_FAILURE(load_small({.ip = "198.51.100.1\n"}));
    for (int i = 0; i < kRoom + 1; ++i) run_only(from("198.51.100.1"));
    at(9 * kSecond);
    run_only(from("198.51.100.1"));
    const auto lost = program_->drain_losses();
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].last_ns, 9 * kSecond);
}

// What only user space decides says nothing about whether it would have been recorded.
TEST_P(LossTest, OnlyDecisionsOfTheKernelAreCounted) {
    ASSERT_NO_FATAL_FAILURE(load_small({.domain = "bad.example\n"}));
    const Bytes request = eth().ipv4("198.51.100.1", kGood).udp(1, 53).payload("q");
    for (int i = 0; i < kRoom + 2; ++i) run_only(request);
    EXPECT_EQ(program_->lost_in_rings(), 2U);
    EXPECT_EQ(losses(), Lines{});
}

TEST_P(LossTest, ProbesAreCountedAndTheEvidenceStaysDue) {
    Setup setup{.ip = "198.51.100.1\n"};
    setup.scan = ScanRule{.ports = 3};
    ASSERT_NO_FATAL_FAILURE(load_small(setup));
    for (int i = 0; i < kRoom; ++i) run_only(from("198.51.100.1"));
    for (const uint16_t port : {1, 2, 3, 4}) run_only(probe(port));
    EXPECT_EQ(losses(), Lines{"scan 203.0.113.1 192.0.2.1 2"});
    drain();
    const Outcome late = run(probe(5));
    ASSERT_EQ(late.records.size(), 1U);
    ASSERT_TRUE(late.records[0].evidence);
    EXPECT_EQ(late.records[0].evidence->used, 5U);
}

TEST_P(LossTest, APacketOfBothFamiliesIsCountedForBoth) {
    Setup setup{.ip = "203.0.113.1\n"};
    setup.scan = ScanRule{.ports = 2};
    ASSERT_NO_FATAL_FAILURE(load_small(setup));
    for (int i = 0; i < kRoom; ++i) run_only(from("203.0.113.1"));
    for (const uint16_t port : {1, 2}) run_only(probe(port));
    EXPECT_EQ(losses(), (Lines{"ip 203.0.113.1 192.0.2.1 2", "scan 203.0.113.1 192.0.2.1 1"}));
}

// The map is a hash with a bound: what finds no room there either is counted without names.
TEST_P(LossTest, WhatFindsNoRoomHereEitherIsCountedAsUnattributed) {
    ASSERT_NO_FATAL_FAILURE(load_small({.ip = "198.51.100.1\n"}));
    const Fd map = this->map("peek_losses");
    peek_loss_key key{};
    key.bank = 1;
    for (uint32_t i = 0; i < PEEK_LOSS_ENTRIES + 1000; ++i) {
        const peek_loss one{.count = 1, .last_ns = 1};
        key.ifindex = i;
        if (bpf_map_update_elem(map.get(), &key, &one, BPF_ANY) != 0) break;
    }
    for (int i = 0; i < kRoom; ++i) run_only(from("198.51.100.1"));
    EXPECT_EQ(describe(run_only(from("198.51.100.1")).counted),
              "seen=1 candidates=1 ring_full=1 ip=1 unattributed_ip=1 ");
    EXPECT_EQ(losses(), Lines{});
    EXPECT_GE(program_->drain_losses().size(), size_t{PEEK_LOSS_ENTRIES});
    run_only(from("198.51.100.1"));
    EXPECT_EQ(losses(), Lines{"ip 198.51.100.1 192.0.2.1 1"});
}

INSTANTIATE_TEST_SUITE_P(Hooks, LossTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcEgress),
                         kind_name);

class ScanIgnoreTest : public BpfTest {};

TEST_P(ScanIgnoreTest, ProbesOfListedAddressesAreNotCounted) {
    Setup setup{.ip = "203.0.113.9\n",
                .scan_ignore = "203.0.113.1\n203.0.113.8/30\n2001:db8:5c::/48\n"};
    setup.scan = ScanRule{.ports = 2};
    ASSERT_NO_FATAL_FAILURE(load(setup));
    for (const uint16_t port : {1, 2, 3}) {
        EXPECT_EQ(describe(run(probe(port)).counted), "seen=1 passed_clean=1 ignored=1 ");
        const Bytes v6 = eth().ipv6("2001:db8::1", "2001:db8:5c::1").tcp(1, port, kSyn);
        EXPECT_EQ(describe(run(v6).counted), "seen=1 passed_clean=1 ignored=1 ");
        // On the address list: a record for that, and still no probe.
        const Outcome bad = run(probe(port, "203.0.113.9"));
        EXPECT_EQ(describe(bad.counted), "seen=1 candidates=1 ip=1 ");
        EXPECT_EQ(bad.records.at(0).head.families, uint32_t{PEEK_FAMILY_IP});
    }
    EXPECT_TRUE(run(probe(1, "203.0.113.2")).clean());
    EXPECT_TRUE(run(probe(2, "203.0.113.2")).handed_over());
    EXPECT_TRUE(run(eth().ipv4("203.0.113.1", kGood).tcp(1, 2, kAck)).clean());
}

TEST_P(ScanIgnoreTest, TheOtherListCoversProbesToo) {
    Setup setup{.ignore = "203.0.113.1\n"};
    setup.scan = ScanRule{.ports = 2};
    ASSERT_NO_FATAL_FAILURE(load(setup));
    for (const uint16_t port : {1, 2, 3})
        EXPECT_EQ(describe(run(probe(port)).counted), "seen=1 passed_clean=1 ignored=1 ");
    setup.ignore.clear();
    ASSERT_NO_FATAL_FAILURE(install(setup, 2));
    EXPECT_TRUE(run(probe(1)).clean());
    EXPECT_TRUE(run(probe(2)).handed_over());
}

INSTANTIATE_TEST_SUITE_P(Hooks, ScanIgnoreTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcEgress),
                         kind_name);

}  // namespace
}  // namespace peek::test
