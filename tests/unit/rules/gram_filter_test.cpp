// SPDX-License-Identifier: BSD-2-Clause
#include "rules/gram_filter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace peek {
namespace {

std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(GramFilterTest, AStringIsNeverMissedWhateverItsLength) {
    std::mt19937 random(1);
    for (size_t size = 1; size < 20; ++size) {
        SCOPED_TRACE(size);
        std::string string(size, '\0');
        for (char& c : string) c = static_cast<char>(random());
        GramFilter filter(1, size);
        filter.add(string);
        for (size_t at = 0; at < 5; ++at) {
            const std::string text = std::string(at, 'x') + string;
            EXPECT_TRUE(filter.may_hold(as_bytes(text), at + 1));
        }
    }
}

TEST(GramFilterTest, OnlyTheFirstPlacesCount) {
    GramFilter filter(2, 8);
    filter.add("/evilthings");
    filter.add("/badthings");
    EXPECT_TRUE(filter.may_hold(as_bytes("GET /evilthings"), 5));
    EXPECT_FALSE(filter.may_hold(as_bytes("GET /evilthings"), 0));
    EXPECT_FALSE(filter.may_hold(as_bytes("GET xxx /evilthings"), 4));
    EXPECT_FALSE(filter.may_hold(as_bytes("GET /goodwords1"), 8));
    EXPECT_FALSE(filter.may_hold({}, 0));
}

TEST(GramFilterTest, HardlyAnyRandomTextPasses) {
    std::mt19937 random(1);
    const auto bytes = [&](size_t size) {
        std::string text(size, '\0');
        for (char& c : text) c = static_cast<char>(random());
        return text;
    };
    GramFilter filter(1000, 8);
    for (int i = 0; i < 1000; ++i) filter.add(bytes(8));
    int passed = 0;
    for (int i = 0; i < 10'000; ++i) passed += filter.may_hold(as_bytes(bytes(24)), 17) ? 1 : 0;
    EXPECT_LT(passed, 500);
}

}  // namespace
}  // namespace peek
