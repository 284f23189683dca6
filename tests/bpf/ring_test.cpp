// SPDX-License-Identifier: BSD-2-Clause
// What candidates look like in the ring, and what happens when it is full.
#include <time.h>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

constexpr const char* kBad = "198.51.100.7";
constexpr const char* kGood = "192.0.2.1";

// A bad frame of exactly `size` bytes, no two of them alike.
Bytes bad_frame(size_t size) {
    Bytes payload(size - 42);
    for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<uint8_t>(i * 7 + (i >> 8));
    return eth().ipv4(kBad, kGood).udp(1, 2).payload(payload);
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

INSTANTIATE_TEST_SUITE_P(Hooks, RingTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                                         ProgramKind::kTcEgress),
                         kind_name);

// BPF_PROG_TEST_RUN builds multi-buffer frames for XDP only.
class FragsTest : public RingTest {};

TEST_P(FragsTest, MultiBufferFramesAreWholeUpToTheCaptureLimit) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    for (const size_t size : {3520, 3521, 9014, 16383, 16384, 16385, 65535, 65549})
        expect_whole(size);
}

TEST_P(FragsTest, LongerFramesAreCutAndCounted) {
    ASSERT_NO_FATAL_FAILURE(load_ring());
    Bytes frame = bad_frame(65549);
    frame.resize(65600, 1);
    const Outcome whole = run(frame);
    EXPECT_EQ(describe(whole.counted), "seen=1 candidates=1 ip=1 ");
    ASSERT_EQ(whole.records.size(), 1U);
    EXPECT_EQ(whole.records[0].frame, frame);

    frame.resize(65601, 2);
    const Outcome out = run(frame);
    EXPECT_EQ(describe(out.counted), "seen=1 candidates=1 payload_truncated=1 ip=1 ");
    ASSERT_EQ(out.records.size(), 1U);
    EXPECT_EQ(out.records[0].head.wire_len, 65601U);
    EXPECT_EQ(out.records[0].frame, cut(frame, PEEK_MAX_CAPTURE));
}

INSTANTIATE_TEST_SUITE_P(Hooks, FragsTest, testing::Values(ProgramKind::kXdpIngress), kind_name);

}  // namespace
}  // namespace peek::test
