// SPDX-License-Identifier: BSD-2-Clause
#include "source/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "capture_reading.h"

namespace peek::test {
namespace {

constexpr size_t kPage = 4096;

// A page each with its record header.
std::string pages(size_t count) {
    std::string file = pcap_header({});
    for (size_t i = 0; i < count; ++i)
        file += pcap_record({}, {1, 0, kPage - 16, std::string(kPage - 16, 'p')});
    return file;
}

const char* const kCut = ": it was cut, or could not be read, while it was inspected";

TEST(MappedFile, CutBetweenTwoBatchesGivesWhatIsLeft) {
    const File file(pages(600));
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->next().packets.size(), 256U);
    ASSERT_EQ(::truncate(file.path().c_str(), 24 + 300 * kPage + 100), 0);
    const PacketSource::Batch batch = (*source)->next();
    EXPECT_EQ(batch.packets.size(), 44U);
    EXPECT_EQ(batch.state, State::kFailed);
    ASSERT_TRUE((*source)->error());
    EXPECT_EQ((*source)->error()->text, file.path() + ": cut off after 300 packets" + kCut);
}

TEST(MappedFile, CutBeforeTheBytesOfABatchAreLookedAtIsAnErrorNotASignal) {
    const File file(pages(100));
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    const PacketSource::Batch batch = (*source)->next();
    ASSERT_EQ(batch.packets.size(), 100U);
    EXPECT_FALSE((*source)->error());
    ASSERT_EQ(::truncate(file.path().c_str(), 0), 0);
    uint64_t sum = 0;
    for (const PacketView& packet : batch.packets) sum += packet.bytes.back();
    EXPECT_EQ(sum, 0U);  // zeros are in their place
    ASSERT_TRUE((*source)->error());
    EXPECT_EQ((*source)->error()->text, file.path() + ": cut off after 100 packets" + kCut);
}

// Two mappings at a time, one of which goes: the other's guard is its own.
TEST(MappedFile, AnotherFileIsNotConcerned) {
    const File cut(pages(10));
    const File whole(pages(10));
    auto first = open_pcap(cut.path());
    auto second = open_pcap(whole.path());
    ASSERT_EQ(::truncate(cut.path().c_str(), 0), 0);
    EXPECT_EQ(read_all(**first).state, State::kFailed);
    EXPECT_EQ(read_all(**second).packets.size(), 10U);
    first = open_pcap(whole.path());  // takes the guard that was given back
    EXPECT_EQ(read_all(**first).packets.size(), 10U);
}

using MappedFileDeathTest = testing::Test;
TEST_F(MappedFileDeathTest, ABusErrorOfSomeoneElseStillEndsTheProcess) {
    EXPECT_EXIT(
        {
            const File ours(pages(1));
            auto source = open_pcap(ours.path());
            const File theirs(std::string(kPage, 'x'));
            const Fd fd(::open(theirs.path().c_str(), O_RDWR | O_CLOEXEC));
            auto* bytes = static_cast<volatile char*>(
                ::mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fd.get(), 0));
            if (::ftruncate(fd.get(), 0) == 0) static_cast<void>(bytes[0]);
            _exit(0);
        },
        [](int status) { return status != 0; }, "");
}

size_t resident_pages(std::span<const uint8_t> bytes) {
    std::ifstream smaps("/proc/self/smaps");
    const auto begin = reinterpret_cast<uintptr_t>(bytes.data());
    std::string line;
    bool ours = false;
    while (std::getline(smaps, line)) {
        unsigned long from = 0;
        unsigned long to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2)
            ours = from <= begin && begin < to;
        unsigned long kib = 0;
        if (ours && std::sscanf(line.c_str(), "Rss: %lu kB", &kib) == 1) return kib * 1024 / kPage;
    }
    return 0;
}

TEST(MappedFile, PagesAreGivenBackBehindTheReader) {
    constexpr size_t kSize = size_t{256} << 20;
    const File file("x");
    ASSERT_EQ(::truncate(file.path().c_str(), kSize), 0);  // a hole, all zeros
    auto input = open_input(file.path());
    ASSERT_TRUE(input);
    const auto whole = (*input)->window();
    ASSERT_EQ(whole.size(), kSize);
    size_t most = 0;
    uint64_t sum = 0;
    while (!(*input)->window().empty()) {
        sum += (*input)->window()[0];
        (*input)->advance(kPage, 1);
        if ((*input)->position() % (16 << 20) == 0) most = std::max(most, resident_pages(whole));
    }
    EXPECT_EQ(sum, uint64_t{'x'});
    EXPECT_GT(most, 0U);
    EXPECT_LE(most, (size_t{66} << 20) / kPage);
    EXPECT_EQ(whole[1], 0);  // and are there again for whoever looks
}

}  // namespace
}  // namespace peek::test
