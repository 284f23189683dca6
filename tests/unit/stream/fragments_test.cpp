// SPDX-License-Identifier: BSD-2-Clause
#include "stream/fragments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace peek::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

class FragmentsTest : public ::testing::TestWithParam<int> {
  protected:
    // The readings of the datagrams that the fragment completes.
    Texts see(uint32_t offset, const std::string& text, bool more, uint32_t missing = 0) {
        const std::vector<uint8_t> bytes(text.begin(), text.end());
        Packet packet;
        packet.ip_count = 1;
        packet.ip[0].src = address(source_);
        packet.ip[0].dst = address(9);
        packet.fragment = true;
        packet.fragment_facts = {.protocol = 17,
                                 .id = id_,
                                 .offset = offset,
                                 .more = more,
                                 .bytes = bytes,
                                 .stated_len = static_cast<uint32_t>(bytes.size()) + missing};
        ++view_.ordinal;
        Texts readings;
        for (const WholeDatagram& whole : fragments_.add(view_, packet, now_)) {
            EXPECT_EQ(whole.protocol, 17);
            needs_ = whole.needs;
            for (const auto& reading : whole.readings)
                readings.emplace_back(reading.begin(), reading.end());
        }
        return readings;
    }
    IpAddress address(uint8_t last) const {
        std::array<uint8_t, 16> bytes{};
        bytes[3] = bytes[15] = last;
        return GetParam() == 4 ? IpAddress::v4(std::span(bytes).first<4>()) : IpAddress::v6(bytes);
    }
    uint64_t count(StreamEvent event) const { return fragments_.counts()[event]; }

    Fragments fragments_{{.max_bytes = 400'000, .max_source_bytes = 200'000}};
    PacketView view_;
    Timestamp now_{};
    uint32_t id_ = 1;
    uint8_t source_ = 1;
    std::vector<uint64_t> needs_;
};
INSTANTIATE_TEST_SUITE_P(, FragmentsTest, ::testing::Values(4, 6),
                         [](const auto& version) { return "IPv" + std::to_string(version.param); });

const Texts kNothing;

TEST_P(FragmentsTest, AnyOrderCompletesTheDatagramOnce) {
    std::vector<uint32_t> order{0, 1, 2, 3};
    const std::string text = "aaaaaaaabbbbbbbbccccccccddd";
    do {
        Texts found;
        for (const uint32_t i : order)
            for (const std::string& reading : see(8 * i, text.substr(8 * i, 8), i != 3))
                found.push_back(reading);
        ASSERT_EQ(found, Texts{text});
        ASSERT_EQ(needs_.size(), 3U);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(fragments_.bytes(), 0U);
}

TEST_P(FragmentsTest, WithoutItsLastOrFirstItIsNeverWhole) {
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    EXPECT_EQ(see(8, "bbbbbbbb", true), kNothing);
    id_ = 2;
    EXPECT_EQ(see(8, "bbbbbbbb", false), kNothing);
    fragments_.finish();
    EXPECT_EQ(count(StreamEvent::kFragmentDatagramUnfinished), 2U);
}

TEST_P(FragmentsTest, WhatIsSentAgainChangesNothing) {
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    EXPECT_EQ(see(8, "bb", false), Texts{"aaaaaaaabb"});
    EXPECT_EQ(count(StreamEvent::kFragmentOverlapDiffers), 0U);
}

TEST_P(FragmentsTest, OverlapsThatDifferAreReadEveryWay) {
    EXPECT_EQ(see(0, "aaaaaaaaAAAAAAAA", true), kNothing);
    EXPECT_EQ(see(8, "BBBBBBBBbbbbbbbb", true), kNothing);
    EXPECT_EQ(see(16, "CCCCCCCCcc", false),
              (Texts{"aaaaaaaaAAAAAAAAbbbbbbbbcc", "aaaaaaaaBBBBBBBBbbbbbbbbcc",
                     "aaaaaaaaAAAAAAAACCCCCCCCcc", "aaaaaaaaBBBBBBBBCCCCCCCCcc"}));
    EXPECT_EQ(count(StreamEvent::kFragmentOverlapDiffers), 2U);
}

TEST_P(FragmentsTest, AnOverlapWithTwoFragmentsIsTwoChoices) {
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    EXPECT_EQ(see(8, "bbbbbbbb", true), kNothing);
    EXPECT_EQ(see(0, "AAAAAAAABBBBBBBB", true), kNothing);
    EXPECT_EQ(see(16, "c", false).size(), 4U);
}

TEST_P(FragmentsTest, ReadingsAreBoundedAndTheFirstAndLastBytesAreAmongThem) {
    for (uint32_t i = 0; i < 5; ++i) see(8 * i, "oooooooo", true);
    for (uint32_t i = 0; i < 5; ++i) see(8 * i, "nnnnnnnn", true);
    const Texts readings = see(40, "e", false);
    EXPECT_EQ(readings.size(), 8U);
    EXPECT_EQ(readings.front(), std::string(40, 'o') + 'e');
    EXPECT_EQ(readings.back(), std::string(40, 'n') + 'e');
    EXPECT_EQ(count(StreamEvent::kFragmentReadingsCapped), 1U);
}

// What is kept of them, and with it the work for each fragment, does not grow without end.
TEST_P(FragmentsTest, BytesThatDifferAreKeptWithinABound) {
    for (uint32_t i = 0; i < 3'000; ++i) see(8, i % 2 == 0 ? "aaaaaaaa" : "bbbbbbbb", true);
    EXPECT_GT(count(StreamEvent::kFragmentReadingsCapped), 0U);
    EXPECT_LT(fragments_.bytes(), 65'536U);
}

TEST_P(FragmentsTest, OddLengthsAreTakenAsSystemsTakeThem) {
    EXPECT_EQ(see(0, "aaaaaaaaxx", true), kNothing);  // not a multiple of eight
    EXPECT_EQ(see(8, "b", false), Texts{"aaaaaaaab"});
    EXPECT_EQ(see(0, "short", true), kNothing);
    EXPECT_EQ(see(65'528, "past the longest datagram", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentBadLength), 2U);
    id_ = 2;
    EXPECT_EQ(see(0, "aaaaaaaa", true, 8), kNothing);
    EXPECT_EQ(see(16, "c", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentCut), 1U);
}

TEST_P(FragmentsTest, IncompleteDatagramsAreForgottenInPacketTime) {
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    now_ += seconds(60);
    EXPECT_EQ(see(8, "b", false), Texts{"aaaaaaaab"});
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    now_ += seconds(61);
    EXPECT_EQ(see(8, "b", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentDatagramTimedOut), 1U);
}

TEST_P(FragmentsTest, OneSourceDoesNotStarveAnother) {
    source_ = 7;
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    source_ = 1;
    for (id_ = 100; id_ < 10'000; ++id_) {
        see(0, std::string(1000, 'x'), true);
        ASSERT_LE(fragments_.bytes(), 202'000U);
    }
    EXPECT_GT(count(StreamEvent::kFragmentDatagramEvicted), 9'000U);
    source_ = 7;
    id_ = 1;
    EXPECT_EQ(see(8, "b", false), Texts{"aaaaaaaab"});
}

// What completed the datagram may not have reached its destination.
TEST_P(FragmentsTest, AWholeDatagramIsReadAgainWithWhatComesLater) {
    see(0, "aaaaaaaa", true);
    EXPECT_EQ(see(8, "f", false), Texts{"aaaaaaaaf"});
    EXPECT_EQ(see(8, "bbbbbbbb", true), (Texts{"aaaaaaaaf", "aaaaaaaab"}));
    EXPECT_EQ(see(16, "c", false),
              (Texts{"aaaaaaaaf", "aaaaaaaab", "aaaaaaaafbbbbbbbc", "aaaaaaaabbbbbbbbc"}));
    EXPECT_EQ(needs_.size(), 3U);
}

TEST_P(FragmentsTest, ADatagramWithTheSameIdentificationIsAlsoReadByItself) {
    see(0, "aaaaaaaa", true);
    see(8, "b", false);
    EXPECT_EQ(see(8, "c", false), (Texts{"aaaaaaaab", "aaaaaaaac"}));
    const Texts readings = see(0, "dddddddd", true);
    EXPECT_EQ(readings.back(), "ddddddddc");
    EXPECT_NE(std::find(readings.begin(), readings.end(), "ddddddddb"), readings.end());
}

TEST_P(FragmentsTest, HowOftenADatagramIsReadAgainIsBounded) {
    see(0, "aaaaaaaa", true);
    see(8, "b", false);
    for (const char* other : {"c", "d", "e"}) EXPECT_NE(see(8, other, false), kNothing);
    EXPECT_EQ(see(8, "f", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentReadingsCapped), 1U);
    see(0, "aaaaaaaa", true);
    EXPECT_EQ(see(8, "g", false).back(), "aaaaaaaag");
}

TEST_P(FragmentsTest, AFragmentOfAWholeDatagramThatHadToGoIsCounted) {
    see(0, "12345678", true);
    EXPECT_EQ(see(8, "decoy", false).size(), 1U);
    for (id_ = 2; id_ < 2 + Fragments::kMaxKept; ++id_) {
        see(0, "12345678", true);
        see(8, "last", false);
    }
    EXPECT_EQ(count(StreamEvent::kFragmentReadingsCapped), 0U);
    id_ = 1;
    EXPECT_EQ(see(8, "truth", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentReadingsCapped), 1U);
    EXPECT_EQ(see(16, "more", false), kNothing);
    EXPECT_EQ(count(StreamEvent::kFragmentReadingsCapped), 1U);
}

TEST_P(FragmentsTest, WholeDatagramsAreKeptForAWhile) {
    see(0, "aaaaaaaa", true);
    see(8, "b", false);
    now_ += seconds(61);
    EXPECT_EQ(see(8, "c", false), kNothing);
    see(0, "aaaaaaaa", true);
    for (uint32_t i = 2; i < 2 + Fragments::kMaxKept; ++i) {
        id_ = i;
        see(0, "aaaaaaaa", true);
        EXPECT_EQ(see(8, "b", false), Texts{"aaaaaaaab"});
    }
    id_ = 1;
    EXPECT_EQ(see(8, "d", false), kNothing);
    EXPECT_EQ(fragments_.bytes() > 0, true);
}

TEST_P(FragmentsTest, AnotherInterfaceIsAnotherDatagram) {
    EXPECT_EQ(see(0, "aaaaaaaa", true), kNothing);
    view_.interface = 1;
    EXPECT_EQ(see(8, "b", false), kNothing);
}

}  // namespace
}  // namespace peek::test
