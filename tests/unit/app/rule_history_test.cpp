// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_history.h"

#include <gtest/gtest.h>

namespace peek {

namespace {

RuleHistory::Sets generation(uint32_t number) {
    RuleSets sets;
    sets.generation = number;
    return std::make_shared<const RuleSets>(std::move(sets));
}

TEST(RuleHistory, FindsEachGenerationUntilItIsDropped) {
    RuleHistory history(generation(1));
    history.add(generation(2));
    EXPECT_EQ(history.get(1)->generation, 1U);
    EXPECT_EQ(history.get(2)->generation, 2U);
    EXPECT_EQ(history.current()->generation, 2U);
}

TEST(RuleHistory, DropsOnlyWhatWasRetiredAtTheMark) {
    RuleHistory history(generation(1));
    history.add(generation(2));
    history.retire_before(2);
    const uint32_t mark = history.retired_before();
    history.add(generation(3));
    history.retire_before(3);  // after the mark was taken: the ring may still hold generation 2
    const auto first = std::weak_ptr(history.get(1));
    history.drop_before(mark);
    EXPECT_EQ(history.get(1)->generation, 3U);
    EXPECT_EQ(history.get(2)->generation, 2U);
    EXPECT_FALSE(first.expired());
    EXPECT_FALSE(history.free_dropped());  // generation 2 may still be asked for
    EXPECT_TRUE(first.expired());
}

TEST(RuleHistory, FreesNoSetThatSomebodyStillUses) {
    RuleHistory history(generation(1));
    auto used = history.current();
    const auto first = std::weak_ptr(used);
    history.add(generation(2));
    history.drop_before(2);
    EXPECT_FALSE(history.free_dropped());
    used.reset();
    EXPECT_FALSE(first.expired());  // its last user does not destroy it either
    EXPECT_TRUE(history.free_dropped());
    EXPECT_TRUE(first.expired());
}

TEST(RuleHistory, KeepsTheNewestSets) {
    RuleHistory history(generation(1));
    history.drop_before(5);
    EXPECT_TRUE(history.free_dropped());
    EXPECT_EQ(history.current()->generation, 1U);
}

TEST(RuleHistory, ForgetsWhatTheKernelDidNotTake) {
    RuleHistory history(generation(1));
    history.add(generation(2));
    history.take_back(2);
    EXPECT_EQ(history.current()->generation, 1U);
}

}  // namespace

}  // namespace peek
