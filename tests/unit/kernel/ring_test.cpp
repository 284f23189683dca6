// SPDX-License-Identifier: BSD-2-Clause
// The protocol of the ring, over memory laid out as the kernel does it.
#include "kernel/ring.h"

#include <gtest/gtest.h>

#include <string>

#include "support/fake_ring.h"

namespace peek {
namespace {

using Found = RingReader::Found;
using test::FakeRing;

std::string text(const RingReader& reader) {
    return {reader.record().begin(), reader.record().end()};
}

TEST(RingReader, ARecordThatIsBeingWrittenIsNeitherThereNorIsTheRingEmpty) {
    FakeRing ring;
    const auto reader = ring.reader();
    EXPECT_EQ(reader->peek(), Found::kEmpty);
    const uint64_t first = ring.reserve("one");
    ring.submit("two");
    EXPECT_EQ(reader->peek(), Found::kBusy);
    ring.end(first, 0);
    ASSERT_EQ(reader->peek(), Found::kRecord);
    EXPECT_EQ(text(*reader), "one");
    EXPECT_EQ(reader->peek(), Found::kRecord) << "peek() takes nothing";
    reader->take();
    ASSERT_EQ(reader->peek(), Found::kRecord);
    EXPECT_EQ(text(*reader), "two");
    reader->take();
    EXPECT_EQ(reader->peek(), Found::kEmpty);
}

TEST(RingReader, DiscardedRecordsArePassedOver) {
    FakeRing ring;
    const auto reader = ring.reader();
    ring.discard("gone");
    ring.submit("here");
    ring.discard("gone too");
    ASSERT_EQ(reader->peek(), Found::kRecord);
    EXPECT_EQ(text(*reader), "here");
    reader->take();
    EXPECT_EQ(reader->peek(), Found::kEmpty);
    EXPECT_EQ(reader->taken_pos(), ring.produced());
}

TEST(RingReader, RoomIsGivenBackByCommitOnly) {
    FakeRing ring;
    const auto reader = ring.reader();
    ring.submit("one");
    ASSERT_EQ(reader->peek(), Found::kRecord);
    reader->take();
    EXPECT_EQ(ring.given_back(), 0U);
    EXPECT_EQ(reader->uncommitted(), 16U);
    reader->commit();
    EXPECT_EQ(ring.given_back(), 16U);
    EXPECT_EQ(reader->uncommitted(), 0U);
}

TEST(RingReader, AnotherReaderGoesOnWhereRoomWasGivenBack) {
    FakeRing ring;
    const auto killed = ring.reader();
    ring.submit("done");
    ring.submit("taken");
    ASSERT_EQ(killed->peek(), Found::kRecord);
    killed->take();
    killed->commit();
    ASSERT_EQ(killed->peek(), Found::kRecord);
    killed->take();
    EXPECT_EQ(ring.given_back(), 16U);
    EXPECT_EQ(killed->taken_pos(), 32U);
}

TEST(RingReader, ARecordThatWrapsIsReadInOnePiece) {
    FakeRing ring;
    const auto reader = ring.reader();
    const std::string most(ring.size() - 64, 'a');
    ring.submit(most);
    ASSERT_EQ(reader->peek(), Found::kRecord);
    reader->take();
    reader->commit();
    const std::string over(200, 'b');
    ring.submit(over);
    ASSERT_EQ(reader->peek(), Found::kRecord);
    EXPECT_EQ(text(*reader), over);
}

TEST(RingReader, DrainTellsAnEmptyRingFromABusyOne) {
    FakeRing ring;
    const auto reader = ring.reader();
    int seen = 0;
    const auto count = [&](std::span<const uint8_t>) { return ++seen < 2; };
    ring.submit("one");
    const uint64_t busy = ring.reserve("two");
    EXPECT_FALSE(reader->drain(count)) << "the second one is not there yet";
    EXPECT_EQ(seen, 1);
    ring.end(busy, 0);
    EXPECT_FALSE(reader->drain(count)) << "it was told to stop";
    EXPECT_EQ(seen, 2);
    EXPECT_TRUE(reader->drain(count));
}

}  // namespace
}  // namespace peek
