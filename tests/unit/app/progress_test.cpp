// SPDX-License-Identifier: BSD-2-Clause
#include "app/progress.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

ProgressFacts half_way() {
    return {.file = "big.pcap",
            .packets = 1'234'567,
            .records = 1,
            .bytes = 1'200'000'000,
            .all_bytes = 2'400'000'000,
            .elapsed = std::chrono::seconds(4)};
}

TEST(ProgressTest, TellsShareTimeLeftBytesRatePacketsAndRecords) {
    EXPECT_EQ(progress_line(half_way(), 200),
              "[==========>         ]  50 %  0:04 left  1.2 GB of 2.4 GB  300 MB/s  "
              "1234567 packets  1 record  big.pcap");
}

TEST(ProgressTest, FitsTheTerminal) {
    for (size_t width = 0; width < 120; ++width)
        EXPECT_LE(progress_line(half_way(), width).size(), width);
    EXPECT_EQ(progress_line(half_way(), 50), "[==========>         ]  50 %  0:04 left");
}

TEST(ProgressTest, OfAPipeTellsWhatIsKnown) {
    ProgressFacts facts = half_way();
    facts.all_bytes = std::nullopt;
    EXPECT_EQ(progress_line(facts, 200), "1.2 GB  300 MB/s  1234567 packets  1 record  big.pcap");
}

TEST(ProgressTest, NeverSaysDoneBeforeTheEnd) {
    ProgressFacts facts = half_way();
    facts.bytes = *facts.all_bytes;
    EXPECT_EQ(progress_line(facts, 30), "[====================]  99 %");
    facts.bytes = 0;
    EXPECT_EQ(progress_line(facts, 46), "[>                   ]   0 %  0 B of 2.4 GB");
}

TEST(ProgressTest, ANameCannotSteerTheTerminal) {
    ProgressFacts facts = half_way();
    facts.file = "a\x1b[2Jb";
    EXPECT_NE(progress_line(facts, 200).find("a\\x1b[2Jb"), std::string::npos);
}

}  // namespace
}  // namespace peek
