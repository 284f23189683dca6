// SPDX-License-Identifier: BSD-2-Clause
#include "source/ring_source.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/fake_ring.h"

namespace peek {
namespace {

using test::FakeRing;
using State = PacketSource::State;

constexpr uint32_t kIfindex = 7;
constexpr uint32_t kSlot = 3;

struct Sent {
    uint64_t time_ns = 0;
    std::string frame = "frame";
    uint32_t generation = 1;
    uint32_t ifindex = kIfindex;
    uint16_t abi_version = PEEK_ABI_VERSION;
};

std::string record_of(const Sent& sent) {
    peek_record head{};
    head.abi_version = sent.abi_version;
    head.type = PEEK_RECORD_PACKET;
    head.hook = PEEK_HOOK_EGRESS;
    head.generation = sent.generation;
    head.time_ns = sent.time_ns;
    head.ifindex = sent.ifindex;
    head.wire_len = head.cap_len = static_cast<uint32_t>(sent.frame.size());
    head.data_off = sizeof head;
    head.link_type = PEEK_LINK_ETHERNET;
    std::string bytes(sizeof head, '\0');
    std::memcpy(bytes.data(), &head, sizeof head);
    return bytes + sent.frame;
}

std::string text(const PacketView& view) {
    return {view.bytes.begin(), view.bytes.end()};
}

class RingSourceTest : public testing::Test {
  protected:
    RingSourceTest() {
        for (FakeRing& ring : rings_) readers_.push_back(ring.reader());
        source_ = std::make_unique<RingSource>(readers_);
        source_->set_interface(kSlot, kIfindex, "eth0");
    }
    void send(size_t ring, const Sent& sent) { rings_[ring].submit(record_of(sent)); }
    std::vector<std::string> next_frames() {
        std::vector<std::string> frames;
        for (const PacketView& view : source_->next().packets) frames.push_back(text(view));
        return frames;
    }
    using Frames = std::vector<std::string>;

    std::array<FakeRing, 2> rings_;
    RingSource::Readers readers_;
    std::unique_ptr<RingSource> source_;
};

TEST_F(RingSourceTest, RingsAreMergedByTime) {
    send(0, {.time_ns = 10, .frame = "a"});
    send(0, {.time_ns = 40, .frame = "d"});
    send(1, {.time_ns = 20, .frame = "b"});
    send(1, {.time_ns = 30, .frame = "c"});
    EXPECT_EQ(next_frames(), (Frames{"a", "b", "c", "d"}));
}

TEST_F(RingSourceTest, OnlyRingsThatAreAllEmptyAreIdle) {
    EXPECT_EQ(source_->next().state, State::kIdle);
    const uint64_t busy = rings_[1].reserve(record_of({.frame = "late"}));
    send(0, {.frame = "there"});
    const auto batch = source_->next();
    EXPECT_EQ(batch.packets.size(), 1U);
    EXPECT_EQ(batch.state, State::kMore);
    rings_[1].end(busy, 0);
    EXPECT_EQ(next_frames(), Frames{"late"});
}

TEST_F(RingSourceTest, PacketsStayReadableUntilCommit) {
    send(0, {.frame = "first"});
    const auto batch = source_->next();
    ASSERT_EQ(batch.packets.size(), 1U);
    EXPECT_EQ(rings_[0].given_back(), 0U);
    EXPECT_FALSE(source_->committed_up_to(source_->produced()));
    EXPECT_EQ(text(batch.packets[0]), "first");
    source_->commit();
    EXPECT_EQ(rings_[0].given_back(), rings_[0].produced());
    EXPECT_TRUE(source_->committed_up_to(source_->produced()));
}

TEST_F(RingSourceTest, ARunHasOneGeneration) {
    send(0, {.time_ns = 1, .frame = "old", .generation = 1});
    send(0, {.time_ns = 2, .frame = "new", .generation = 2});
    EXPECT_EQ(next_frames(), Frames{"old"});
    EXPECT_FALSE(source_->batch_done());
    EXPECT_EQ(next_frames(), Frames{"new"});
    EXPECT_TRUE(source_->batch_done());
}

TEST_F(RingSourceTest, WhatAnEarlierControllerMayHaveToldOfIsMarked) {
    send(1, {.frame = "told"});
    source_->set_replayed_before({0, rings_[1].produced()});
    send(1, {.frame = "untold"});
    send(0, {.frame = "other ring"});
    for (const PacketView& view : source_->next().packets)
        EXPECT_EQ(view.replayed, text(view) == "told") << text(view);
}

TEST_F(RingSourceTest, DeliveredAndNotUnderstoodGoOnFromWhatWasCounted) {
    source_->set_counted(kSlot, Hook::kEgress, 100, 5);
    send(0, {});
    send(0, {.abi_version = PEEK_ABI_VERSION + 1});
    send(0, {.ifindex = kIfindex + 1});  // of nobody: no entry to count it in
    EXPECT_EQ(next_frames().size(), 1U);
    EXPECT_EQ(source_->delivered(kSlot, Hook::kEgress), 101U);
    EXPECT_EQ(source_->not_understood(kSlot, Hook::kEgress), 6U);
    EXPECT_EQ(source_->bytes_dropped(), 2 * record_of({}).size());
}

// What waited in the rings while no controller ran is older than the first measurement.
TEST_F(RingSourceTest, PacketsOlderThanTheFirstMeasuredTimeHaveTheirOwnTime) {
    source_->set_wall_offset(Nanoseconds{1000}, std::chrono::hours(400'000));
    send(0, {.time_ns = 10});
    send(0, {.time_ns = 2000});
    const auto packets = source_->next().packets;
    ASSERT_EQ(packets.size(), 2U);
    EXPECT_EQ(packets[0].time.time_since_epoch(), std::chrono::hours(400'000) + Nanoseconds{10});
    EXPECT_EQ(packets[1].time.time_since_epoch(), std::chrono::hours(400'000) + Nanoseconds{2000});
    source_->set_wall_offset(Nanoseconds{3000}, std::chrono::hours(500'000));
    send(0, {.time_ns = 2500});
    EXPECT_EQ(source_->next().packets[0].time.time_since_epoch(),
              std::chrono::hours(400'000) + Nanoseconds{2500});
}

TEST_F(RingSourceTest, ATimeThatNoClockShowsIsNotUnderstood) {
    source_->set_wall_offset(Nanoseconds{0}, std::chrono::hours(400'000));
    send(0, {.time_ns = ~uint64_t{0}});
    send(0, {.time_ns = uint64_t{1} << 62});
    EXPECT_EQ(next_frames().size(), 0U);
    EXPECT_EQ(source_->not_understood(kSlot, Hook::kEgress), 2U);
}

TEST_F(RingSourceTest, AnInterfaceThatCameBackAndTheOneBeforeItShareTheIndex) {
    source_->set_interface(kSlot, kIfindex + 1, "eth0");
    send(0, {.time_ns = 1, .ifindex = kIfindex});
    send(0, {.time_ns = 2, .ifindex = kIfindex + 1});
    for (const PacketView& view : source_->next().packets) EXPECT_EQ(view.interface, kSlot);
    EXPECT_EQ(source_->delivered(kSlot, Hook::kEgress), 2U);
}

TEST_F(RingSourceTest, ANewNameIsUsedForWhatIsTakenFromThenOn) {
    send(0, {});
    EXPECT_EQ(next_frames().size(), 1U);
    EXPECT_EQ(source_->interface_name(kSlot), "eth0");
    source_->rename_interface(kSlot, "lan0");
    send(0, {});
    EXPECT_EQ(next_frames().size(), 1U);
    EXPECT_EQ(source_->interface_name(kSlot), "lan0");
}

}  // namespace
}  // namespace peek
