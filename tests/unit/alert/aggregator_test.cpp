// SPDX-License-Identifier: BSD-2-Clause
// Times are seconds of the caller's clock; the window is ten of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

#include "alert/alert.h"
#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::RecordBuilder;

Record seen(const std::string& src, const std::string& dst = "192.0.2.7",
            Family type = Family::kIp) {
    return RecordBuilder(type).from(src).to(dst).rule(dst);
}

class AggregatorTest : public testing::Test {
  protected:
    void limit_keys(size_t max_keys) { make({std::chrono::seconds(10), max_keys}); }
    void make(Aggregator::Options options) {
        alerts_.clear();
        aggregator_ = std::make_unique<Aggregator>(
            options, [this](const Alert& alert) { alerts_.push_back(alert); });
    }
    void SetUp() override { limit_keys(100); }

    void limit_log(uint64_t records) { make({std::chrono::seconds(10), 100, records}); }

    bool add(const Record& record, double now) { return aggregator_->add(record, clock(now)); }
    bool add(const std::string& src, double now) { return add(seen(src), now); }
    void advance(double now) { aggregator_->advance(clock(now)); }
    void flush() { aggregator_->flush(); }

    // What was emitted since the last call: "SRC first|summary COUNT".
    std::vector<std::string> said() {
        std::vector<std::string> lines;
        for (const Alert& alert : std::exchange(alerts_, {}))
            lines.push_back(fmt::format("{} {} {}",
                                        alert.overflow ? "overflow" : alert.src.to_string(),
                                        alert.summary ? "summary" : "first", alert.count));
        return lines;
    }
    static Nanoseconds clock(double seconds) {
        return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(seconds));
    }

    std::vector<Alert> alerts_;
    std::unique_ptr<Aggregator> aggregator_;
};

using Lines = std::vector<std::string>;

TEST_F(AggregatorTest, TheFirstRecordOfAKeyAlertsAtOnce) {
    add("10.0.0.1", 0);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
}

TEST_F(AggregatorTest, FurtherRecordsWaitForTheWindowToClose) {
    add("10.0.0.1", 0);
    add("10.0.0.1", 1);
    add("10.0.0.1", 9.9);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
    advance(10);
    EXPECT_EQ(said(), Lines{"10.0.0.1 summary 2"});
}

TEST_F(AggregatorTest, ASummaryOpensTheNextWindow) {
    add("10.0.0.1", 0);
    add("10.0.0.1", 5);
    advance(10);
    add("10.0.0.1", 19);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 summary 1"}));
    advance(20);
    EXPECT_EQ(said(), Lines{"10.0.0.1 summary 1"});
}

TEST_F(AggregatorTest, WithoutALimitEveryRecordIsLogged) {
    for (int i = 0; i < 50; i++) EXPECT_TRUE(add("10.0.0.1", 0));
    EXPECT_EQ(aggregator_->limited(), 0U);
}

TEST_F(AggregatorTest, TheLimitIsOneOfAKeyAndWindow) {
    limit_log(2);
    EXPECT_TRUE(add("10.0.0.1", 0));
    EXPECT_TRUE(add("10.0.0.1", 1));
    EXPECT_FALSE(add("10.0.0.1", 2));
    EXPECT_TRUE(add("10.0.0.2", 2));
    EXPECT_FALSE(add("10.0.0.1", 3));
    EXPECT_TRUE(add("10.0.0.1", 10));
    EXPECT_TRUE(add("10.0.0.1", 11));
    EXPECT_FALSE(add("10.0.0.1", 12));
    EXPECT_EQ(aggregator_->limited(), 3U);
}

TEST_F(AggregatorTest, WhatIsNotLoggedIsCountedInTheSummary) {
    limit_log(2);
    for (int i = 0; i < 5; i++) add("10.0.0.1", 0);
    advance(10);
    ASSERT_EQ(alerts_.size(), 2U);
    EXPECT_EQ(alerts_[0].limited, 0U);
    EXPECT_EQ(alerts_[1].count, 4U);
    EXPECT_EQ(alerts_[1].limited, 3U);
    add("10.0.0.1", 11);
    advance(20);
    ASSERT_EQ(alerts_.size(), 3U);
    EXPECT_EQ(alerts_[2].limited, 0U);
}

TEST_F(AggregatorTest, AWindowWithoutRecordsClosesTheKey) {
    add("10.0.0.1", 0);
    advance(10);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
    add("10.0.0.1", 11);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
}

TEST_F(AggregatorTest, ARecordAtTheDeadlineBelongsToTheNextWindow) {
    add("10.0.0.1", 0);
    add("10.0.0.1", 10);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 first 1"}));
}

TEST_F(AggregatorTest, AJumpOverTwoWindowsClosesBoth) {
    add("10.0.0.1", 0);
    add("10.0.0.1", 1);
    add("10.0.0.1", 3600);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 summary 1", "10.0.0.1 first 1"}));
}

TEST_F(AggregatorTest, TheNextWindowBeginsWhereTheLastOneEnded) {
    add("10.0.0.1", 0);
    add("10.0.0.1", 1);
    advance(15);
    add("10.0.0.1", 16);
    advance(19.9);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 summary 1"}));
    advance(20);
    EXPECT_EQ(said(), Lines{"10.0.0.1 summary 1"});
}

TEST_F(AggregatorTest, AClockThatStepsBackCountsInTheOpenWindow) {
    add("10.0.0.1", 100);
    add("10.0.0.1", 3);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
    advance(109.9);
    EXPECT_EQ(said(), Lines{});
    advance(110);
    EXPECT_EQ(said(), Lines{"10.0.0.1 summary 1"});
}

TEST_F(AggregatorTest, AKeyOpenedWhileTheClockIsBackLivesFromTheHighestTime) {
    add("10.0.0.1", 100);
    add("10.0.0.2", 3);
    add("10.0.0.2", 4);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.2 first 1"}));
    advance(110);
    EXPECT_EQ(said(), Lines{"10.0.0.2 summary 1"});
}

TEST_F(AggregatorTest, SourceDestinationAndTypeMakeTheKey) {
    add(seen("10.0.0.1", "192.0.2.7"), 0);
    add(seen("10.0.0.1", "192.0.2.8"), 0);
    add(seen("10.0.0.2", "192.0.2.7"), 0);
    add(seen("10.0.0.1", "192.0.2.7", Family::kUrl), 0);
    EXPECT_EQ(said().size(), 4U);
    add(seen("10.0.0.1", "192.0.2.7"), 1);
    EXPECT_EQ(said(), Lines{});
}

TEST_F(AggregatorTest, AnIpv4AddressAndItsMappedFormAreTwoKeys) {
    add(seen("10.0.0.1", "10.0.0.2"), 0);
    add(seen("::ffff:10.0.0.1", "::ffff:10.0.0.2"), 0);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "::ffff:10.0.0.1 first 1"}));
}

TEST_F(AggregatorTest, PortsAreNotInTheKey) {
    add(RecordBuilder(Family::kIp).from("10.0.0.1", 1).to("10.0.0.2", 80), 0);
    add(RecordBuilder(Family::kIp).from("10.0.0.1", 2).to("10.0.0.2", 443), 0);
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
}

TEST_F(AggregatorTest, FlushEmitsWhatIsPendingInTheOrderOfTheDeadlines) {
    add("10.0.0.1", 0);
    add("10.0.0.2", 1);
    add("10.0.0.3", 2);
    add("10.0.0.3", 3);
    add("10.0.0.1", 4);
    said();
    flush();
    EXPECT_EQ(said(), (Lines{"10.0.0.1 summary 1", "10.0.0.3 summary 1"}));
    flush();
    EXPECT_EQ(said(), Lines{});
}

TEST_F(AggregatorTest, FlushClosesTheKeys) {
    add("10.0.0.1", 0);
    flush();
    add("10.0.0.1", 1);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 first 1"}));
}

TEST_F(AggregatorTest, WindowZeroAlertsForEveryRecord) {
    make({Nanoseconds::zero(), 1});
    for (int i = 0; i < 3; ++i) add("10.0.0.1", i);
    add("10.0.0.2", 3);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 first 1", "10.0.0.1 first 1",
                             "10.0.0.2 first 1"}));
    EXPECT_EQ(aggregator_->counted(), 4U);
    EXPECT_EQ(aggregator_->overflowed(), 0U);
}

TEST_F(AggregatorTest, AWindowLongerThanTheClockClosesOnlyAtFlush) {
    make({Nanoseconds::max(), 100});
    add("10.0.0.1", 1000);
    add("10.0.0.1", 1001);
    aggregator_->advance(Nanoseconds::max());
    EXPECT_EQ(said(), Lines{"10.0.0.1 first 1"});
    flush();
    EXPECT_EQ(said(), Lines{"10.0.0.1 summary 1"});
}

TEST_F(AggregatorTest, KeysBeyondTheBoundShareOneOverflowKey) {
    limit_keys(2);
    for (int i = 1; i <= 5; ++i) add("10.0.0." + std::to_string(i), 0);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.2 first 1", "overflow first 1"}));
    EXPECT_EQ(aggregator_->overflowed(), 3U);
    flush();
    EXPECT_EQ(said(), Lines{"overflow summary 2"});
    EXPECT_EQ(aggregator_->counted(), 5U);
}

TEST_F(AggregatorTest, EachTypeHasAnOverflowKeyOfItsOwn) {
    limit_keys(0);
    for (const Family type : kAllFamilies) add(seen("10.0.0.1", "192.0.2.7", type), 0);
    EXPECT_EQ(said(), Lines(kFamilyCount, "overflow first 1"));
}

TEST_F(AggregatorTest, AClosedKeyMakesRoom) {
    limit_keys(1);
    add("10.0.0.1", 0);
    add("10.0.0.2", 10);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.2 first 1"}));
    EXPECT_EQ(aggregator_->overflowed(), 0U);
}

TEST_F(AggregatorTest, AnOverflowAlertNamesNoAddresses) {
    limit_keys(0);
    add("10.0.0.1", 0);
    ASSERT_EQ(alerts_.size(), 1U);
    EXPECT_EQ(alerts_[0].src, IpAddress());
    EXPECT_EQ(alerts_[0].dst, IpAddress());
}

TEST_F(AggregatorTest, ASummaryTellsTheSpanAndTheLastRecord) {
    add(seen("10.0.0.1"), 0);
    add(RecordBuilder(Family::kIp).from("10.0.0.1").to("192.0.2.7").at(at_second(7)).rule("a"), 1);
    add(RecordBuilder(Family::kIp).from("10.0.0.1").to("192.0.2.7").at(at_second(3)).rule("b"), 2);
    advance(10);
    ASSERT_EQ(alerts_.size(), 2U);
    const Alert& summary = alerts_[1];
    EXPECT_EQ(summary.first, at_second(3));
    EXPECT_EQ(summary.last, at_second(7));
    EXPECT_EQ(summary.rule, "b");
    EXPECT_EQ(summary.text, "Traffic to blacklisted address b");
}

TEST_F(AggregatorTest, AnAlertNamesTheInterface) {
    add(RecordBuilder(Family::kIp).from("10.0.0.1").to("192.0.2.7").live("eth0", Hook::kEgress), 0);
    ASSERT_EQ(alerts_.size(), 1U);
    EXPECT_EQ(alerts_[0].interface, "eth0");
}

// Random records under a clock that runs, jumps and steps back.
class AggregatorPropertyTest : public AggregatorTest, public testing::WithParamInterface<int> {};

TEST_P(AggregatorPropertyTest, CountsAddUpAndKeysStayBounded) {
    constexpr size_t kMaxKeys = 6;
    std::mt19937 random(static_cast<uint32_t>(GetParam()));
    const auto below = [&](uint32_t n) { return static_cast<int>(random() % n); };
    limit_keys(kMaxKeys);
    double now = 0;
    for (int i = 0; i < 2000; ++i) {
        now += below(20) == 0 ? below(60) - 30 : 0.1 * below(30);
        if (below(8) == 0) advance(now);
        add(seen(fmt::format("10.0.0.{}", below(9)), "192.0.2.7",
                 kAllFamilies.at(static_cast<size_t>(below(kFamilyCount)))),
            now);
    }
    flush();
    uint64_t sum = 0;
    for (const Alert& alert : alerts_) sum += alert.count;
    EXPECT_EQ(sum, 2000U);
    EXPECT_EQ(aggregator_->counted(), 2000U);
    EXPECT_GT(aggregator_->overflowed(), 0U);
}

TEST_P(AggregatorPropertyTest, NoMoreKeysThanTheBoundAreEverOpen) {
    constexpr size_t kMaxKeys = 6;
    std::mt19937 random(static_cast<uint32_t>(GetParam()));
    make({Nanoseconds::max(), kMaxKeys});
    for (int i = 0; i < 500; ++i) add(fmt::format("10.0.0.{}", random() % 50), i);
    flush();
    std::set<std::string> keys;
    for (const Alert& alert : alerts_)
        if (!alert.overflow) keys.insert(alert.src.to_string());
    EXPECT_EQ(keys.size(), kMaxKeys);
    EXPECT_EQ(aggregator_->counted(), 500U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AggregatorPropertyTest, testing::Range(0, 20));

TEST_F(AggregatorTest, LostRecordsAreCountedLikeOthersAndMarked) {
    aggregator_->add_lost(seen("10.0.0.1"), 5, clock(0));
    add("10.0.0.1", 1);
    aggregator_->add_lost(seen("10.0.0.1"), 2, clock(2));
    aggregator_->add_lost(seen("10.0.0.2"), 0, clock(2));
    flush();
    ASSERT_EQ(alerts_.size(), 2U);
    EXPECT_EQ(alerts_[0].lost, 1U);
    EXPECT_EQ(alerts_[1].lost, 6U);
    EXPECT_EQ(said(), (Lines{"10.0.0.1 first 1", "10.0.0.1 summary 7"}));
    EXPECT_EQ(aggregator_->counted(), 8U);
}

TEST_F(AggregatorTest, ASummaryForgetsTheLossesOfTheLast) {
    aggregator_->add_lost(seen("10.0.0.1"), 3, clock(0));
    advance(11);
    add("10.0.0.1", 12);
    flush();
    ASSERT_EQ(alerts_.size(), 3U);
    EXPECT_EQ(alerts_[2].lost, 0U);
}

TEST_F(AggregatorTest, WithoutAWindowLostRecordsAreOneAlert) {
    make({Nanoseconds::zero(), 100});
    aggregator_->add_lost(seen("10.0.0.1"), 3, clock(0));
    aggregator_->add_lost(seen("10.0.0.1"), 1, clock(0));
    EXPECT_EQ(said(), (Lines{"10.0.0.1 summary 3", "10.0.0.1 first 1"}));
}

}  // namespace
}  // namespace peek
