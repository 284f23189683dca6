// SPDX-License-Identifier: BSD-2-Clause
// What is forgotten when scan state is full, and that it is counted exactly when it mattered.
#include "scan_harness.h"

namespace peek::test {
namespace {

ScanDetector::Options pairs(size_t max_pairs) {
    return {.max_pairs = max_pairs, .hash_seed = 1};
}

TEST(ScanBounds, TheLeastRecentlyUsedPairMakesPlace) {
    ScanRun run(scan_rule(2, 60), pairs(2));
    run.probe({0, 1, 1});
    run.probe({0, 1, 2});
    run.probe({0, 1, 1});
    run.probe({0, 1, 3});
    EXPECT_EQ(run.evicted(), 1U);
    run.probe({0, 2, 2});
    EXPECT_EQ(run.story(), Story{});
    EXPECT_EQ(run.evicted(), 2U);
    run.probe({0, 2, 3});
    EXPECT_EQ(run.story(), Story{"start #6 at 0: 1-2 (2 ports) from 0 to 0"});
}

TEST(ScanBounds, APairThatNoWindowReachesAnyMoreIsForgottenWithoutCounting) {
    ScanRun run(scan_rule(2, 60), pairs(1));
    run.probe({0, 1, 1});
    run.probe({61, 1, 2});
    EXPECT_EQ(run.evicted(), 0U);
    run.probe({121, 1, 3});
    EXPECT_EQ(run.evicted(), 1U);
}

TEST(ScanBounds, ARunningScanIsToldBeforeItsPairIsForgotten) {
    ScanRun run(scan_rule(2, 60), pairs(1));
    run.probe({0, 1, 1});
    run.probe({0, 2, 1});
    run.probe({1, 1, 2});
    run.end_of_input();
    EXPECT_EQ(run.story(), (Story{"start #2 at 0: 1-2 (2 ports) from 0 to 0",
                                  "end #2 at 0: 1-2 (2 ports) from 0 to 0"}));
    EXPECT_EQ(run.evicted(), 1U);
}

TEST(ScanBounds, APairWithoutAScanGoesBeforeOneWithARunningScan) {
    ScanRun run(scan_rule(2, 60), pairs(2));
    run.probe({0, 1, 1});
    run.probe({0, 2, 1});
    for (uint8_t source = 2; source < 10; ++source) run.probe({1, 1, source});
    run.probe({2, 3, 1});
    run.end_of_input();
    EXPECT_EQ(run.story(), (Story{"start #2 at 0: 1-2 (2 ports) from 0 to 0",
                                  "end #11 at 2: 1-3 (3 ports) from 0 to 2"}));
    EXPECT_EQ(run.evicted(), 7U);
}

TEST(ScanBounds, AReusedPairRemembersNothing) {
    ScanRun run(scan_rule(2, 60), pairs(1));
    run.probe({0, 1, 1});
    run.probe({0, 2, 2});
    run.probe({0, 3, 1});
    EXPECT_EQ(run.story(), Story{});
}

// 62 ports at 0, two at 100 fill all 64 slots without a window of 64 ports.
class FullSlots : public ::testing::Test {
  protected:
    void SetUp() override {
        for (uint16_t port = 1; port <= 62; ++port) run_.probe(0, port);
        run_.probe(100, 101);
        run_.probe(100, 102);
    }
    ScanRun run_{scan_rule(64, 60)};
};

TEST_F(FullSlots, APortThatALaterProbeCouldNeedIsCountedWhenItIsForgotten) {
    run_.probe(50, 63);
    EXPECT_EQ(run_.evicted(), 1U);
    EXPECT_EQ(run_.story(), Story{});
}

TEST_F(FullSlots, APortBeyondEveryWindowOfTheProbeIsForgottenWithoutCounting) {
    run_.probe(61, 63);
    EXPECT_EQ(run_.evicted(), 0U);
}

TEST_F(FullSlots, TheFarthestPortIsForgotten) {
    run_.probe(30, 63);  // forgets one of the two at 100
    run_.probe(31, 64);
    EXPECT_EQ(run_.story(), Story{"start #66 at 31: 1-64 (64 ports) from 0 to 31"});
}

TEST(ScanBounds, TimesAtTheEndsOfTheClockAreTimesLikeOthers) {
    ScanRun run(scan_rule(2, 60));
    RuleSets rules;
    Collector sink;
    const auto probe = [&](Timestamp time, uint16_t port) {
        PacketFacts facts;
        facts.time = time;
        facts.dst_port = port;
        run.detector().commit(ScanProbe{facts, scan_rule(2, 60), {}}, rules, sink);
    };
    probe(Timestamp::max(), 1);
    probe(Timestamp::min(), 2);
    EXPECT_EQ(sink.take().size(), 0U);
    probe(Timestamp::max(), 3);
    EXPECT_EQ(sink.take().size(), 1U);
    probe(Timestamp::min(), 4);
    run.detector().expire(Timestamp::max(), rules, sink);
    run.detector().finish(rules, sink);
    EXPECT_EQ(sink.take().size(), 1U);
}

}  // namespace
}  // namespace peek::test
