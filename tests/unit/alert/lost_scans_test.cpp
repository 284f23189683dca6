// SPDX-License-Identifier: BSD-2-Clause
#include "alert/lost_scans.h"

#include <gtest/gtest.h>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::ip;

constexpr Nanoseconds kWindow = std::chrono::seconds(60);

LostScans::Scan lost(const std::string& src, uint64_t probes, int64_t second) {
    return {{ip(src), ip("192.0.2.1")}, probes, at_second(second), 0};
}

TEST(LostScans, AScanWithoutAStartIsToldOnceItsWindowHasPassed) {
    LostScans scans;
    scans.lost(lost("10.0.0.1", 5, 0));
    scans.lost(lost("10.0.0.1", 3, 10));
    EXPECT_TRUE(scans.overdue(at_second(70), kWindow).empty());
    const auto due = scans.overdue(at_second(71), kWindow);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].probes, 8U);
    EXPECT_EQ(due[0].last, at_second(10));
    EXPECT_TRUE(scans.rest().empty());
}

TEST(LostScans, ALateStartTakesTheProbesOver) {
    LostScans scans;
    const auto scan = lost("10.0.0.1", 5, 0);
    scans.lost(scan);
    scans.began(scan.pair);
    scans.lost(scan);
    EXPECT_TRUE(scans.rest().empty());
    EXPECT_EQ(scans.ended(scan.pair), 10U);
}

TEST(LostScans, AfterTheEndProbesAreOfAnotherScan) {
    LostScans scans;
    const auto scan = lost("10.0.0.1", 5, 0);
    scans.began(scan.pair);
    EXPECT_EQ(scans.ended(scan.pair), 0U);
    scans.lost(scan);
    EXPECT_EQ(scans.rest().size(), 1U);
}

TEST(LostScans, BeyondTheBoundAScanIsToldAtOnce) {
    LostScans scans;
    for (size_t i = 0; i < LostScans::kMaxWaiting; ++i)
        scans.lost(lost("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                            std::to_string(i & 255),
                        1, 0));
    EXPECT_TRUE(scans.overdue(at_second(1), kWindow).empty());
    scans.lost(lost("11.0.0.1", 1, 0));
    EXPECT_EQ(scans.overdue(at_second(1), kWindow).size(), 1U);
}

}  // namespace
}  // namespace peek
