// SPDX-License-Identifier: BSD-2-Clause
#include "detect/rule_hits.h"

#include <gtest/gtest.h>

namespace peek::test {
namespace {

bool add(RuleHits& hits, std::initializer_list<RuleId> ids) {
    hits.ids().insert(hits.ids().end(), ids);
    return hits.improved();
}

TEST(RuleHits, OnlyALowerRuleImproves) {
    RuleHits hits;
    EXPECT_FALSE(add(hits, {}));
    EXPECT_TRUE(hits.empty());
    EXPECT_TRUE(add(hits, {7, 5, 7}));
    EXPECT_FALSE(add(hits, {5, 9}));
    EXPECT_FALSE(add(hits, {}));
    EXPECT_TRUE(add(hits, {6, 3}));
    EXPECT_EQ(hits.lowest(), 3U);
    EXPECT_EQ(hits.distinct(), 5U);
}

TEST(RuleHits, ClearForgetsAll) {
    RuleHits hits;
    add(hits, {1});
    hits.clear();
    EXPECT_TRUE(hits.empty());
    EXPECT_TRUE(add(hits, {8}));
    EXPECT_EQ(hits.distinct(), 1U);
}

}  // namespace
}  // namespace peek::test
