// SPDX-License-Identifier: BSD-2-Clause
// The protocol of the ring, over memory laid out as the kernel does it.
#include "kernel/ring.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace peek {
namespace {

using Found = RingReader::Found;

// What the programs do: reserve, write, submit or discard.
class FakeRing {
  public:
    FakeRing() {
        // The data twice in a row, as the kernel maps it.
        const int fd = ::memfd_create("ring", 0);
        EXPECT_EQ(::ftruncate(fd, static_cast<off_t>(3 * page_)), 0);
        consumer_ = map(nullptr, page_, fd, 0, MAP_SHARED);
        producer_ = map(nullptr, 3 * page_, -1, 0, MAP_PRIVATE | MAP_ANONYMOUS);
        map(producer_, page_, fd, page_, MAP_SHARED | MAP_FIXED);
        for (const size_t at : {page_, 2 * page_})
            map(producer_ + at, page_, fd, 2 * page_, MAP_SHARED | MAP_FIXED);
        ::close(fd);
    }
    std::unique_ptr<RingReader> reader() { return RingReader::adopt(consumer_, producer_, page_); }
    // Returns the record's place, for submit().
    uint64_t reserve(const std::string& bytes) {
        const uint64_t at = produced();
        const auto word = static_cast<uint32_t>(bytes.size()) | BPF_RINGBUF_BUSY_BIT;
        std::memcpy(data(at), &word, sizeof word);
        std::memcpy(data(at) + BPF_RINGBUF_HDR_SZ, bytes.data(), bytes.size());
        const uint64_t next = at + (bytes.size() + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
        std::memcpy(producer_, &next, sizeof next);
        return at;
    }
    void end(uint64_t at, uint32_t flags) {
        uint32_t word = 0;
        std::memcpy(&word, data(at), sizeof word);
        word = (word & ~uint32_t{BPF_RINGBUF_BUSY_BIT}) | flags;
        std::memcpy(data(at), &word, sizeof word);
    }
    void submit(const std::string& bytes) { end(reserve(bytes), 0); }
    void discard(const std::string& bytes) { end(reserve(bytes), BPF_RINGBUF_DISCARD_BIT); }
    uint64_t given_back() const { return load(consumer_); }
    uint64_t produced() const { return load(producer_); }
    size_t size() const { return page_; }

  private:
    std::byte* map(std::byte* at, size_t size, int fd, size_t offset, int flags) const {
        void* got = ::mmap(at, size, PROT_READ | PROT_WRITE, flags, fd, static_cast<off_t>(offset));
        EXPECT_NE(got, MAP_FAILED);
        return static_cast<std::byte*>(got);
    }
    static uint64_t load(const std::byte* at) {
        uint64_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return value;
    }
    std::byte* data(uint64_t pos) { return producer_ + page_ + (pos & (page_ - 1)); }

    size_t page_ = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    std::byte* consumer_ = nullptr;
    std::byte* producer_ = nullptr;
};

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
