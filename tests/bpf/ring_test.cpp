// SPDX-License-Identifier: BSD-2-Clause
// What candidates look like in the ring, and what happens when it is full.
#include <sched.h>
#include <sys/sysinfo.h>
#include <time.h>

#include <cstdio>

#include "bpf/bpf_fixture.h"
#include "kernel/ring_maps.h"

namespace peek::test {
namespace {

constexpr const char* kBad = "198.51.100.7";
constexpr const char* kGood = "192.0.2.1";

// A bad frame of exactly `size` bytes, no two of them alike.
Bytes bad_frame(size_t size) {
    Bytes payload(size - 42);
    for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<uint8_t>(i * 7 + (i >> 8));
    Frame frame = eth().ipv4(kBad, kGood);
    if (size - 14 > 0xffff) frame.total_length(0);
    return frame.udp(1, 2).payload(payload);
}

class RingTest : public BpfTest {
  protected:
    void load_ring(uint32_t bytes = 1U << 20) {
        Setup setup;
        setup.ip = std::string(kBad) + "\n";
        setup.options.ring_bytes = bytes;
        load(setup);
    }
    void expect_whole(size_t size) {
        SCOPED_TRACE(size);
        const Bytes frame = bad_frame(size);
        const Outcome out = run(frame);
        EXPECT_EQ(describe(out.counted), "seen=1 candidates=1 ip=1 ");
        ASSERT_EQ(out.records.size(), 1U);
        EXPECT_EQ(out.records[0].head.wire_len, size);
        EXPECT_EQ(out.records[0].head.cap_len, size);
        EXPECT_EQ(out.records[0].frame, frame);
    }
};

uint64_t boot_ns() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<uint64_t>(now.tv_sec) * kSecond + static_cast<uint64_t>(now.tv_nsec);
}

TEST_P(RingTest, EveryFieldOfTheHeadIsWritten) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    at(12345);
    const Outcome out = run(bad_frame(60));
    ASSERT_EQ(out.records.size(), 1U);
    const peek_record& head = out.records[0].head;
    EXPECT_EQ(head.abi_version, PEEK_ABI_VERSION);
    EXPECT_EQ(head.type, PEEK_RECORD_PACKET);
    EXPECT_EQ(head.hook, hook());
    EXPECT_EQ(head.generation, 1U);
    EXPECT_EQ(head.time_ns, 12345U);
    EXPECT_EQ(head.ifindex, kLoopback);
    EXPECT_EQ(head.wire_len, 60U);
    EXPECT_EQ(head.cap_len, 60U);
    EXPECT_EQ(head.data_off, sizeof(peek_record));
    EXPECT_EQ(head.link_type, PEEK_LINK_ETHERNET);
    EXPECT_EQ(head.vlan_present, 0U);
    EXPECT_EQ(head.vlan_tci, 0U);
    EXPECT_EQ(head.reason, PEEK_REASON_IP);
    EXPECT_EQ(head.families, uint32_t{PEEK_FAMILY_IP});
    EXPECT_EQ(head.reserved, 0U);
}

TEST_P(RingTest, FramesAreWholeAtTheBordersOfTheSizeClasses) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    for (const size_t size : {42, 60, 191, 192, 193, 194, 1514, 1663, 1664, 1665, 3000})
        expect_whole(size);
}

TEST_P(RingTest, TheClockIsMaskedBootTimePlusAnOffset) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    const uint64_t before = boot_ns();
    const Outcome unset = run(bad_frame(60));
    program_->set_clock(~uint64_t{0}, kSecond);
    const Outcome shifted = run(bad_frame(60));
    const uint64_t after = boot_ns();
    ASSERT_TRUE(unset.handed_over() && shifted.handed_over());
    EXPECT_GE(unset.records[0].head.time_ns, before);
    EXPECT_LE(unset.records[0].head.time_ns, after);
    EXPECT_GE(shifted.records[0].head.time_ns, before + kSecond);
    EXPECT_LE(shifted.records[0].head.time_ns, after + kSecond);
    program_->set_clock(0xff, 0x1000);
    const Outcome masked = run(bad_frame(60));
    ASSERT_TRUE(masked.handed_over());
    EXPECT_EQ(masked.records[0].head.time_ns & ~uint64_t{0xff}, 0x1000U);
}

// 16 records of 8 + 48 + 192 bytes fit into a page.
TEST_P(RingTest, AFullRingIsCounted) {
    ASSERT_NO_FATAL_FAILURE(load_ring(4096));
    for (int i = 0; i < 16; ++i)
        EXPECT_EQ(describe(run_only(bad_frame(60)).counted), "seen=1 candidates=1 ip=1 ");
    for (int i = 0; i < 5; ++i) {
        const Outcome lost = run_only(bad_frame(60));
        EXPECT_EQ(describe(lost.counted), "seen=1 candidates=1 ring_full=1 ip=1 ");
        EXPECT_EQ(lost.answer, pass());
    }
    EXPECT_EQ(drain().size(), 16U);
    EXPECT_TRUE(run(bad_frame(60)).handed_over());
}

TEST_P(RingTest, ARecordLargerThanTheRingIsLostAndCounted) {
    ASSERT_NO_FATAL_FAILURE(load_ring(4096));
    EXPECT_EQ(describe(run(bad_frame(1665)).counted), "seen=1 candidates=1 ring_full=1 ip=1 ");
}

class RingsTest : public BpfTest {
  protected:
    void load_rings(uint32_t count) {
        Setup setup;
        setup.ip = std::string(kBad) + "\n";
        setup.options.ring_bytes = 1U << 20;
        setup.options.rings = count;
        load(setup);
    }
    void run_on_cpu(int cpu) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0) << "CPU " << cpu;
        EXPECT_EQ(describe(run_only(bad_frame(60)).counted), "seen=1 candidates=1 ip=1 ");
    }
    size_t records_in(uint32_t ring) {
        size_t records = 0;
        EXPECT_TRUE(rings_[ring]->drain([&](std::span<const uint8_t>) { return ++records != 0; }));
        return records;
    }
    void SetUp() override { sched_getaffinity(0, sizeof before_, &before_); }
    void TearDown() override { sched_setaffinity(0, sizeof before_, &before_); }

    cpu_set_t before_{};
};

TEST_P(RingsTest, ARecordGoesToTheRingOfItsCpu) {
    if (get_nprocs() < 2) {
        std::puts("not run: RingsTest.ARecordGoesToTheRingOfItsCpu: needs two CPUs");
        GTEST_SKIP();
    }
    ASSERT_NO_FATAL_FAILURE(load_rings(2));
    run_on_cpu(0);
    EXPECT_EQ(records_in(0), 1U);
    run_on_cpu(get_nprocs() - 1);
    EXPECT_EQ(records_in(0), 0U);
    EXPECT_EQ(records_in(1), 1U);
}

TEST_P(RingsTest, OneRingServesAllCpus) {
    ASSERT_NO_FATAL_FAILURE(load_rings(1));
    for (int cpu = 0; cpu < get_nprocs(); ++cpu) run_on_cpu(cpu);
    EXPECT_EQ(records_in(0), static_cast<size_t>(get_nprocs()));
}

INSTANTIATE_TEST_SUITE_P(Hooks, RingsTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcEgress),
                         kind_name);

TEST(RingPlan, ThereIsARingForEachCpuUpToEight) {
    const auto plan = [](uint32_t wanted, uint32_t cpus) {
        const RingPlan p = plan_rings(wanted, cpus);
        return std::pair(p.count, p.cpus_per_ring);
    };
    EXPECT_EQ(plan(0, 1), std::pair(1U, 1U));
    EXPECT_EQ(plan(0, 2), std::pair(2U, 1U));
    EXPECT_EQ(plan(0, 8), std::pair(8U, 1U));
    EXPECT_EQ(plan(0, 9), std::pair(8U, 2U));
    EXPECT_EQ(plan(0, 64), std::pair(8U, 8U));
    EXPECT_EQ(plan(64, 2), std::pair(64U, 1U));
    EXPECT_EQ(plan(3, 64), std::pair(3U, 22U));
}

INSTANTIATE_TEST_SUITE_P(Hooks, RingTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                                         ProgramKind::kTcEgress),
                         kind_name);

// BPF_PROG_TEST_RUN builds multi-buffer frames for XDP only.
class FragsTest : public RingTest {};

// 73,152 is the largest that the kernel builds for a test: a page less its margins and 17 more.
TEST_P(FragsTest, MultiBufferFramesAreWholeAtTheBordersOfTheSizeClasses) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    for (const size_t size :
         {3520, 3521, 9014, 16383, 16384, 16385, 65535, 65549, 65599, 65600, 65601, 73152})
        expect_whole(size);
}

INSTANTIATE_TEST_SUITE_P(Hooks, FragsTest, testing::Values(ProgramKind::kXdpIngress), kind_name);

}  // namespace
}  // namespace peek::test
