// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <numeric>
#include <random>

#include "scan_harness.h"

namespace peek::test {
namespace {

TEST(ScanDetector, TheProbeOfTheNthPortStartsAScanAndTheInputsEndEndsIt) {
    ScanRun run(scan_rule(3, 60));
    run.probe(0, 10);
    run.probe(1, 12);
    EXPECT_EQ(run.story(), Story{});
    run.probe(2, 11);
    EXPECT_EQ(run.story(), Story{"start #3 at 2: 10-12 (3 ports) from 0 to 2"});
    run.end_of_input();
    EXPECT_EQ(run.story(), Story{"end #3 at 2: 10-12 (3 ports) from 0 to 2"});
    run.end_of_input();
    EXPECT_EQ(run.story(), Story{});
}

TEST(ScanDetector, TheWindowIsClosed) {
    ScanRun run(scan_rule(3, 60));
    for (const Probe& probe : {Probe{0, 1}, {30, 2}, {61, 3}}) run.probe(probe);
    EXPECT_EQ(run.story(), Story{});
    run.probe(90, 4);
    EXPECT_EQ(run.story(), Story{"start #4 at 90: 2-4 (3 ports) from 30 to 90"});
}

TEST(ScanDetector, ConnectionsToOnePortAreNoScan) {
    ScanRun run(scan_rule(2, 60));
    for (int i = 0; i < 200; ++i) run.probe(i / 10, 443);
    run.end_of_input();
    EXPECT_EQ(run.story(), Story{});
}

TEST(ScanDetector, EachPairOfSourceAndTargetCountsAlone) {
    ScanRun run(scan_rule(2, 60));
    run.probe({0, 1, 1, 200});
    run.probe({0, 2, 2, 200});
    run.probe({0, 3, 1, 201});
    EXPECT_EQ(run.story(), Story{});
    run.probe({0, 4, 2, 200});
    EXPECT_EQ(run.story(), Story{"start #4 at 0: 2,4 (2 ports) from 0 to 0"});
}

// The kernel counts those that it sees, and nobody counts both.
TEST(ScanDetector, AddressesInATunnelAreAnotherPairThanTheSameOutside) {
    ScanRun run(scan_rule(2, 60));
    run.probe({0, 1, 1, 200, false});
    run.probe({1, 2, 1, 200, true});
    EXPECT_EQ(run.story(), Story{});
    run.probe({2, 3, 1, 200, true});
    EXPECT_EQ(run.story(), Story{"start #3 at 2: 2-3 (2 ports) from 1 to 2"});
    run.probe({3, 4, 1, 200, false});
    EXPECT_EQ(run.story(), (Story{"start #4 at 3: 1,4 (2 ports) from 0 to 3"}));
}

TEST(ScanDetector, EveryProbeBelongsToTheScanUntilThePairWasIdleForLongerThanTheWindow) {
    ScanRun run(scan_rule(2, 60));
    for (const Probe& probe : {Probe{0, 1}, {0, 2}, {60, 9}, {120, 2}, {180, 5}}) run.probe(probe);
    EXPECT_EQ(run.story(), Story{"start #2 at 0: 1-2 (2 ports) from 0 to 0"});
    run.probe(241, 1);
    EXPECT_EQ(run.story(), Story{"end #5 at 180: 1-2,5,9 (4 ports) from 0 to 180"});
    run.probe(241, 2);
    EXPECT_EQ(run.story(), Story{"start #7 at 241: 1-2 (2 ports) from 241 to 241"});
}

TEST(ScanDetector, TheEndIsToldByTheLatestProbeInPacketTimeTheLaterArrivalOfEqualOnes) {
    ScanRun run(scan_rule(2, 60));
    for (const Probe& probe : {Probe{5, 1}, {6, 2}, {9, 3}, {7, 4}, {9, 5}, {8, 6}})
        run.probe(probe);
    run.end_of_input();
    EXPECT_EQ(run.story(), (Story{"start #2 at 6: 1-2 (2 ports) from 5 to 6",
                                  "end #5 at 9: 1-6 (6 ports) from 5 to 9"}));
}

TEST(ScanDetector, AScanMayCrossTheThresholdByAProbeThatArrivesLate) {
    ScanRun run(scan_rule(3, 60));
    for (const Probe& probe : {Probe{100, 1}, {40, 2}, {160, 3}, {39, 4}}) run.probe(probe);
    EXPECT_EQ(run.story(), Story{});
    run.probe(101, 5);
    EXPECT_EQ(run.story(), Story{"start #5 at 101: 1,3,5 (3 ports) from 100 to 160"});
}

TEST(ScanDetector, TheEarliestWindowThatQualifiesGivesThePorts) {
    ScanRun run(scan_rule(3, 60));
    for (const Probe& probe : {Probe{0, 1}, {60, 2}, {61, 3}, {1, 4}}) run.probe(probe);
    EXPECT_EQ(run.story(), Story{"start #4 at 1: 1-2,4 (3 ports) from 0 to 60"});
}

TEST(ScanDetector, APortInSteadyUseDoesNotDateTheScanBack) {
    ScanRun run(scan_rule(3, 60));
    for (int second = 0; second <= 600; second += 50) run.probe(second, 443);
    run.probe(610, 1);
    run.probe(611, 2);
    EXPECT_EQ(run.story(), Story{"start #15 at 611: 1-2,443 (3 ports) from 600 to 611"});
}

TEST(ScanDetector, PacketTimeThatMovesOnEndsIdleScans) {
    ScanRun run(scan_rule(2, 60));
    run.probe(0, 1);
    run.probe(1, 2);
    run.story();
    run.packet_time_reaches(61);
    EXPECT_EQ(run.story(), Story{});
    run.packet_time_reaches(62);
    EXPECT_EQ(run.story(), Story{"end #2 at 1: 1-2 (2 ports) from 0 to 1"});
}

TEST(ScanDetector, ScansEndInTheOrderOfTheirDeadlinesThenOfTheirLastArrival) {
    ScanRun run(scan_rule(2, 60));
    for (const uint8_t source : {1, 2, 3, 4}) run.probe({10, 1, source});
    for (const uint8_t source : {1, 2, 3, 4}) run.probe({10, 2, source});
    run.probe({12, 3, 1});
    run.probe({10, 3, 3});
    run.story();
    run.packet_time_reaches(1000);
    EXPECT_EQ(run.story(), (Story{"end #6 at 10: 1-2 (2 ports) from 10 to 10",
                                  "end #8 at 10: 1-2 (2 ports) from 10 to 10",
                                  "end #10 at 10: 1-3 (3 ports) from 10 to 10",
                                  "end #9 at 12: 1-3 (3 ports) from 10 to 12"}));
}

TEST(ScanDetector, AProbeThatArrivesAfterTheEndTakesTheScanUpAgainIfItsWindowIsFull) {
    ScanRun run(scan_rule(2, 60));
    run.probe(0, 1);
    run.probe(1, 2);
    run.packet_time_reaches(100);
    run.story();
    run.probe(61, 3);
    EXPECT_EQ(run.story(), Story{"start #3 at 61: 2-3 (2 ports) from 1 to 61"});
}

TEST(ScanDetector, AClockSetBackByHoursStartsOneScanOnly) {
    ScanRun run(scan_rule(20, 60));
    for (uint16_t port = 1; port <= 19; ++port) run.probe(10'000, port);
    for (uint16_t port = 1; port <= 20; ++port) run.probe(0, port);
    run.end_of_input();
    EXPECT_EQ(run.story(), (Story{"start #39 at 0: 1-20 (20 ports) from 0 to 0",
                                  "end #39 at 0: 1-20 (20 ports) from 0 to 0"}));
    EXPECT_EQ(run.evicted(), 0U);
}

TEST(ScanDetector, AClockSetBackDoesNotEndARunningScanAtEachPacket) {
    ScanRun run(scan_rule(20, 60));
    for (uint16_t port = 1; port <= 200; ++port) {
        run.packet_time_reaches(10'000);
        run.probe(port / 10, port);
    }
    run.packet_time_reaches(10'060);
    EXPECT_EQ(run.story(), Story{"start #20 at 2: 1-20 (20 ports) from 0 to 2"});
    run.packet_time_reaches(10'061);
    EXPECT_EQ(run.story(), Story{"end #200 at 20: 1-200 (200 ports) from 0 to 20"});
}

TEST(ScanDetector, APairsStateIsJudgedByTheRuleOfTheArrivingProbe) {
    ScanRun run(scan_rule(10, 60));
    for (uint16_t port = 1; port <= 5; ++port) run.probe(0, port);
    run.judge_by(scan_rule(6, 60));
    run.probe(1, 6);
    EXPECT_EQ(run.story(), Story{"start #6 at 1: 1-6 (6 ports) from 0 to 1"});
}

TEST(ScanDetector, AnotherWindowStartsCountingAfreshAndARunningScanGoesOnUnderIt) {
    ScanRun run(scan_rule(2, 60));
    run.probe({0, 1, 1});
    run.probe({0, 1, 2});
    run.probe({0, 2, 2});
    run.story();
    run.judge_by(scan_rule(2, 10));
    run.probe({1, 2, 1});
    run.probe({1, 3, 2});
    EXPECT_EQ(run.story(), Story{});
    run.packet_time_reaches(12);
    const std::vector<Match> ended = run.take();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(tell(ended[0]), "end #5 at 1: 1-3 (3 ports) from 0 to 1");
    EXPECT_EQ(std::get<ScanFacts>(ended[0].evidence).rule.window, std::chrono::seconds(60));
}

TEST(ScanDetector, AThousandPortsInAnyOrderAreOneScan) {
    ScanRun run(scan_rule(20, 60));
    std::vector<uint16_t> ports(1000);
    std::iota(ports.begin(), ports.end(), uint16_t{1});
    std::shuffle(ports.begin(), ports.end(), std::mt19937(7));
    for (size_t i = 0; i < ports.size(); ++i) run.probe(static_cast<int64_t>(i / 500), ports[i]);
    const Story start = run.story();
    ASSERT_EQ(start.size(), 1U);
    EXPECT_EQ(start[0].substr(0, 9), "start #20");
    run.end_of_input();
    EXPECT_EQ(run.story(), Story{"end #1000 at 1: 1-1000 (1000 ports) from 0 to 1"});
    EXPECT_EQ(run.evicted(), 0U);
}

TEST(ScanDetector, WhatTheKernelCountedBeforeIsMergedOnce) {
    ScanRun run(scan_rule(3, 60));
    const auto slot = [](uint16_t port, int64_t first, int64_t last) {
        return ProbeInterval{port, at_second(first), at_second(last)};
    };
    run.probe({5, 3}, {slot(1, 0, 2), slot(2, 1, 1), slot(3, 5, 5)});
    EXPECT_EQ(run.story(), Story{"start #1 at 5: 1-3 (3 ports) from 0 to 5"});
    run.probe({6, 4}, {slot(1, 0, 2), slot(2, 1, 1), slot(3, 5, 5), slot(4, 6, 6)});
    run.end_of_input();
    EXPECT_EQ(run.story(), Story{"end #2 at 6: 1-4 (4 ports) from 0 to 6"});
}

TEST(ScanDetector, AProbeThatOnlyTheKernelSawEndsAnIdleScan) {
    ScanRun run(scan_rule(2, 60));
    run.probe(0, 1);
    run.probe(0, 2);
    run.story();
    run.probe({60, 1}, {{9, at_second(61), at_second(61)}, {1, at_second(60), at_second(60)}});
    EXPECT_EQ(run.story(), (Story{"end #2 at 0: 1-2 (2 ports) from 0 to 0",
                                  "start #3 at 60: 1-2 (2 ports) from 0 to 60"}));
}

}  // namespace
}  // namespace peek::test
