// SPDX-License-Identifier: BSD-2-Clause
#include <numeric>

#include "stream_fixture.h"

namespace peek::test {
namespace {

// Once with bytes that stay valid, once with bytes that do not.
class TcpStreamsTest : public StreamTest, public ::testing::WithParamInterface<bool> {
  protected:
    void SetUp() override {
        words_ = {"malware"};
        segment_.stable = GetParam();
    }
};
INSTANTIATE_TEST_SUITE_P(, TcpStreamsTest, ::testing::Bool(),
                         [](const auto& version) { return version.param ? "Stable" : "Copied"; });

const Texts kOnce{"malware"};
const Texts kNothing;

TEST_P(TcpStreamsTest, AWordIsFoundWhereverItIsSplit) {
    for (const Texts& texts : every_split("some malware here")) {
        EXPECT_EQ(see_all(1000, texts), kOnce) << texts[0] << '|' << texts[1];
        next_flow();
    }
    EXPECT_EQ(see_all(1000, single_bytes("some malware here")), kOnce);
}

TEST_P(TcpStreamsTest, TheRecordBelongsToTheSegmentThatCompletesItAndNeedsTheOthers) {
    EXPECT_EQ(see(0, "xxmal"), kNothing);
    EXPECT_EQ(see(5, "wa"), kNothing);
    EXPECT_EQ(see(7, "re"), kOnce);
    EXPECT_EQ(needs_, (std::vector<uint64_t>{2, 1}));
}

TEST_P(TcpStreamsTest, AnyOrderOfSegmentsFindsItOnce) {
    const std::string text = "aamalwarebb";
    std::vector<size_t> order(text.size() / 2 + 1);
    std::iota(order.begin(), order.end(), 0);
    do {
        Texts found;
        for (const size_t i : order)
            for (const std::string& word :
                 see(static_cast<uint32_t>(0xfffffffa + 2 * i), text.substr(2 * i, 2)))
                found.push_back(word);
        ASSERT_EQ(found, kOnce) << ::testing::PrintToString(order);
        next_flow();
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(count(StreamEvent::kTcpOverlapDiffers), 0U);
    EXPECT_EQ(count(StreamEvent::kTcpRunsCapped), 0U);
}

TEST_P(TcpStreamsTest, WhatIsSentAgainIsNotFoundAgain) {
    EXPECT_EQ(see(0, "a malware"), kOnce);
    EXPECT_EQ(see(0, "a malware"), kNothing);
    EXPECT_EQ(see(2, "malware"), kNothing);
    EXPECT_EQ(see(2, "malware and malware"), kOnce);
    EXPECT_EQ(see(9, " and mal"), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpOverlapDiffers), 0U);
}

TEST_P(TcpStreamsTest, WhatIsSentAgainLongAfterwardsIsNotFoundAgain) {
    EXPECT_EQ(see(0, "((malware!"), kOnce);
    for (uint32_t seq = 10; seq < 1010; seq += 10) EXPECT_EQ(see(seq, "(((((((((("), kNothing);
    EXPECT_EQ(see(0, "((malware!"), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpOverlapUnchecked), 1U);
}

TEST_P(TcpStreamsTest, ATrueSegmentInFrontOfOneThatCameBeforeIsReadOn) {
    EXPECT_EQ(see(0, "mal"), kNothing);
    EXPECT_EQ(see(3, "++"), kNothing);  // never reaches the receiver
    EXPECT_EQ(see(5, "re"), kNothing);
    EXPECT_EQ(see(3, "wa"), kOnce);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 0U);
}

TEST_P(TcpStreamsTest, AFirstSegmentThatComesTooLateToBeJoinedIsCounted) {
    EXPECT_EQ(see(3, "ware(((((("), kNothing);
    EXPECT_EQ(see(13, "(((((((((("), kNothing);
    EXPECT_EQ(see(0, "mal"), kOnce);
    next_flow();
    EXPECT_EQ(see(3, "ware(((((("), kNothing);
    for (uint32_t seq = 13; seq < 100; seq += 10) EXPECT_EQ(see(seq, "(((((((((("), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 0U);
    EXPECT_EQ(see(0, "mal"), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 1U);
    EXPECT_EQ(see(103, "malware"), kOnce);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 1U);
}

TEST_P(TcpStreamsTest, AForkThatCannotKnowWhatItsRunIsReadingIsCounted) {
    EXPECT_EQ(see(0, "POST / HTTP/1.1\r\nContent-Length: 2000\r\n\r\n"),
              (Texts{"POST / HTTP/1.1"}));
    uint32_t seq = 41;
    for (int i = 0; i < 10; ++i, seq += 3) EXPECT_EQ(see(seq, "((("), kNothing);
    EXPECT_EQ(see(seq, "aaa"), kNothing);
    EXPECT_EQ(see(seq, "bbb"), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 1U);
}

// The ports are used again, with numbers that the old connection has behind it.
TEST_P(TcpStreamsTest, ANewConnectionInsideTheOldOneIsReadOn) {
    for (uint32_t seq = 0; seq < 1000; seq += 10) EXPECT_EQ(see(seq, "(((((((((("), kNothing);
    EXPECT_EQ(see(300, "((mal"), kNothing);
    EXPECT_EQ(see(305, "wa"), kNothing);
    EXPECT_EQ(see(307, "re!"), kOnce);
    EXPECT_EQ(see(305, "wa"), kNothing);
    EXPECT_EQ(count(StreamEvent::kTcpOverlapUnchecked), 3U);
    // It reaches the old end and goes beyond.
    EXPECT_EQ(see(310, std::string(690, '-') + "mal"), kNothing);
    EXPECT_EQ(see(1003, "ware"), kOnce);
    // Another, while the former goes on.
    EXPECT_EQ(see(400, "m"), kNothing);
    EXPECT_EQ(see(401, "alware"), kOnce);
    EXPECT_EQ(see(1007, "malware"), kOnce);
}

TEST_P(TcpStreamsTest, AConnectionWithTheSameNumbersAsTwoOldOnesIsReadOn) {
    for (int round = 0; round < 2; ++round)
        for (uint32_t seq = 0; seq < 200; seq += 10) see(seq, "((((((((((");
    EXPECT_EQ(see(0, "((malware!"), kOnce);
    EXPECT_EQ(see(10, "((mal"), kNothing);
    EXPECT_EQ(see(15, "ware!"), kOnce);
}

TEST_P(TcpStreamsTest, OverlappingBytesThatDifferAreReadBothWays) {
    EXPECT_EQ(see(0, "mal+++"), kNothing);
    EXPECT_EQ(see(3, "wa"), kNothing);  // the old bytes stay, or these replace them
    EXPECT_EQ(see(5, "re"), kOnce);
    EXPECT_EQ(count(StreamEvent::kTcpOverlapDiffers), 2U);  // the other '+' is replaced, too
    next_flow();
    EXPECT_EQ(see(0, "malwa"), kNothing);
    EXPECT_EQ(see(3, "++re"), kOnce);  // the old bytes win
    next_flow();
    EXPECT_EQ(see(0, "malware"), kOnce);
    EXPECT_EQ(see(0, "mal++re"), kNothing);
}

TEST_P(TcpStreamsTest, ReadingsThatExpectTheSameAreOne) {
    EXPECT_EQ(see(0, "+++"), kNothing);
    EXPECT_EQ(see(1, "--"), kNothing);
    for (uint32_t seq = 3; seq < 100; ++seq) see(seq, "(");
    const size_t before = streams_.bytes();
    EXPECT_EQ(see(100, "malware"), kOnce);
    for (uint32_t seq = 107; seq < 200; ++seq) see(seq, "(");
    EXPECT_LE(streams_.bytes(), before + 1024);
}

TEST_P(TcpStreamsTest, TheUrgentByteIsPartOfTheStreamAndIsNot) {
    segment_.urgent = 4;
    EXPECT_EQ(see(0, "mal!ware"), kOnce);
    next_flow();
    segment_.urgent = 4;
    EXPECT_EQ(see(0, "malware"), kOnce);
    next_flow();
    segment_.urgent = 4;
    EXPECT_EQ(see(0, "mal!"), kNothing);
    EXPECT_EQ(see(4, "ware"), kOnce);
    next_flow();
    EXPECT_EQ(see(0, "mal"), kNothing);
    segment_.urgent = 1;
    EXPECT_EQ(see(3, "!wa"), kNothing);
    segment_.urgent = 2;
    EXPECT_EQ(see(6, "r!e"), kOnce);
}

TEST_P(TcpStreamsTest, AnUrgentByteMayComeInAnotherSegmentThanItsPointer) {
    segment_.urgent = 4;
    EXPECT_EQ(see(0, "ma"), kNothing);
    EXPECT_EQ(see(2, "l!ware"), kOnce);
    next_flow();
    segment_.urgent = 5;
    EXPECT_EQ(see(0, ""), kNothing);
    EXPECT_EQ(see(0, "ma"), kNothing);
    EXPECT_EQ(see(2, "lw!are"), kOnce);
    next_flow();
    segment_.urgent = 4;
    EXPECT_EQ(see(0, "ma"), kNothing);
    EXPECT_EQ(see(2, "lware"), kOnce);
    next_flow();
    EXPECT_EQ(see(0, "ma"), kNothing);
    EXPECT_EQ(see(2, "l!ware"), kNothing);
}

TEST_P(TcpStreamsTest, OtherSequenceNumbersAreAStreamOfTheirOwn) {
    EXPECT_EQ(see(1000, "mal"), kNothing);
    EXPECT_EQ(see(777'000'000, "mal"), kNothing);
    EXPECT_EQ(see(777'000'003, "ware"), kOnce);
    EXPECT_EQ(see(1003, "ware"), kOnce);
}

TEST_P(TcpStreamsTest, DirectionsAreApart) {
    EXPECT_EQ(see(0, "mal"), kNothing);
    next_flow();
    EXPECT_EQ(see(3, "ware"), kNothing);
}

TEST_P(TcpStreamsTest, AGapThatIsTooWideIsGivenUpAndCounted) {
    const std::string block(1000, '(');
    EXPECT_EQ(see(0, "mal"), kNothing);
    EXPECT_EQ(see(5, "re"), kNothing);
    uint32_t seq = 7;
    for (; seq < 2 * options_.max_gap_bytes; seq += 1000) see(seq, block);
    EXPECT_EQ(count(StreamEvent::kTcpGapGivenUp), 1U);
    EXPECT_EQ(see(3, "wa"), kNothing);
    EXPECT_EQ(see(seq, "malware"), kOnce);
}

TEST_P(TcpStreamsTest, ManyRunsAreBoundedAndCounted) {
    for (uint32_t i = 0; i < TcpStreams::kMaxRuns; ++i) see(10 * i, "mal");
    EXPECT_EQ(count(StreamEvent::kTcpRunsCapped), 0U);
    see(1000, "mal");
    EXPECT_EQ(count(StreamEvent::kTcpRunsCapped), 1U);
    EXPECT_EQ(see(1003, "ware"), kOnce);
}

class BoundedStreamsTest : public StreamTest {};

TEST_F(BoundedStreamsTest, ADirectionInUseThatIsForgottenIsCounted) {
    TcpStreams streams({.max_directions = 2});
    TcpSegment segment;
    segment.bytes = as_bytes("x");
    for (const uint16_t port : {1, 2, 3}) {
        segment.flow.src_port = port;
        streams.add(segment, *this);
    }
    EXPECT_EQ(streams.counts()[StreamEvent::kTcpStateEvicted], 1U);
    segment.time += std::chrono::hours(1);
    for (const uint16_t port : {4, 5}) {
        segment.flow.src_port = port;
        streams.add(segment, *this);
    }
    EXPECT_EQ(streams.counts()[StreamEvent::kTcpStateEvicted], 1U);
}

TEST_F(BoundedStreamsTest, ADirectionThatEndedIsCountedWhenMoreOfItComes) {
    TcpStreams streams({.max_directions = 2});
    TcpSegment segment;
    segment.bytes = as_bytes("x");
    const auto see_flow = [&](uint16_t port, bool last) {
        segment.flow.src_port = port;
        segment.hash = port;
        segment.last = last;
        streams.add(segment, *this);
        return streams.counts()[StreamEvent::kTcpStateEvicted];
    };
    for (const uint16_t port : {1, 2, 3, 4}) EXPECT_EQ(see_flow(port, true), 0U);
    EXPECT_EQ(see_flow(1, true), 1U);
    EXPECT_EQ(see_flow(1, true), 1U);
    segment.time += std::chrono::hours(1);
    EXPECT_EQ(see_flow(2, true), 1U);
}

TEST_F(BoundedStreamsTest, MemoryIsBounded) {
    TcpStreams streams({.max_directions = 100'000, .max_bytes = 200'000});
    const std::string text(1000, 'x');
    TcpSegment segment;
    for (uint32_t i = 0; i < 20'000; ++i) {
        segment.flow.src_port = static_cast<uint16_t>(i % 1000);
        segment.seq = i / 1000 * 2000;
        segment.bytes = as_bytes(text);
        streams.add(segment, *this);
        ASSERT_LE(streams.bytes(), 200'000U);
    }
    EXPECT_GT(streams.counts()[StreamEvent::kTcpStateEvicted], 0U);
}

}  // namespace
}  // namespace peek::test
