// SPDX-License-Identifier: BSD-2-Clause
#include "rules/byte_table.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

TEST(ByteTable, IsEmptyAtFirst) {
    const ByteTable table;
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.find(""), ByteTable::kAbsent);
    EXPECT_EQ(table.find("a"), ByteTable::kAbsent);
}

TEST(ByteTable, NumbersKeysInOrderAndKeepsTheFirst) {
    ByteTable table;
    EXPECT_TRUE(table.insert("a"));
    EXPECT_TRUE(table.insert(std::string_view("a\0", 2)));
    EXPECT_FALSE(table.insert("a"));
    EXPECT_TRUE(table.insert(""));
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(table.find("a"), 0U);
    EXPECT_EQ(table.find(std::string_view("a\0", 2)), 1U);
    EXPECT_EQ(table.find(""), 2U);
    EXPECT_EQ(table.key(1), std::string_view("a\0", 2));
}

TEST(ByteTable, FindsEveryKeyAfterGrowing) {
    ByteTable table;
    for (uint32_t i = 0; i < 10'000; ++i) ASSERT_TRUE(table.insert("key " + std::to_string(i)));
    for (uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(table.find("key " + std::to_string(i)), i);
    for (uint32_t i = 10'000; i < 20'000; ++i) {
        ASSERT_EQ(table.find("key " + std::to_string(i)), ByteTable::kAbsent);
    }
}

TEST(ByteTable, GrowsPastWhatWasReserved) {
    ByteTable table;
    table.reserve(10, 10);
    for (uint32_t i = 0; i < 1'000; ++i) ASSERT_TRUE(table.insert(std::to_string(i)));
    for (uint32_t i = 0; i < 1'000; ++i) ASSERT_EQ(table.find(std::to_string(i)), i);
}

}  // namespace
}  // namespace peek
