// SPDX-License-Identifier: BSD-2-Clause
#include "util/time.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

std::string formatted(int64_t ns) {
    return format_timestamp(timestamp_from_ns(ns));
}

TEST(FormatTimestamp, WritesEveForm) {
    EXPECT_EQ(formatted(1'477'864'862'123'456'000), "2016-10-30T22:01:02.123456+0000");
    EXPECT_EQ(formatted(0), "1970-01-01T00:00:00.000000+0000");
}

TEST(FormatTimestamp, CutsNanosecondsOff) {
    EXPECT_EQ(formatted(999), "1970-01-01T00:00:00.000000+0000");
    EXPECT_EQ(formatted(1'000), "1970-01-01T00:00:00.000001+0000");
    EXPECT_EQ(formatted(1'999'999'999), "1970-01-01T00:00:01.999999+0000");
}

TEST(FormatTimestamp, KnowsLeapYears) {
    EXPECT_EQ(formatted(951'782'400'000'000'000), "2000-02-29T00:00:00.000000+0000");
    EXPECT_EQ(formatted(1'709'251'199'000'000'000), "2024-02-29T23:59:59.000000+0000");
    EXPECT_EQ(formatted(4'107'542'400'000'000'000), "2100-03-01T00:00:00.000000+0000");
}

TEST(FormatTimestamp, RoundsTimesBefore1970Down) {
    EXPECT_EQ(formatted(-1), "1969-12-31T23:59:59.999999+0000");
    EXPECT_EQ(formatted(-1'000'000'000), "1969-12-31T23:59:59.000000+0000");
}

TEST(FormatTimestamp, CoversTheWholeRange) {
    EXPECT_EQ(formatted(INT64_MAX), "2262-04-11T23:47:16.854775+0000");
    EXPECT_EQ(formatted(INT64_MIN + 1), "1677-09-21T00:12:43.145224+0000");
}

}  // namespace
}  // namespace peek
