// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "util/bytes.h"

namespace peek {
namespace {

using Found = std::vector<std::pair<uint32_t, size_t>>;  // a string's number, its place

ByteTable table_of(const std::vector<std::string>& strings) {
    ByteTable table;
    for (const std::string& string : strings) table.insert(string);
    return table;
}

Found find_in(const StringIndex& index, std::string_view text, size_t places) {
    Found found;
    // A copy of exactly its size: a read beyond is seen.
    const std::vector<uint8_t> exact(text.begin(), text.end());
    index.find(exact, places, [&](uint32_t number, size_t place) {
        found.emplace_back(number, place);
        return true;
    });
    std::sort(found.begin(), found.end());
    return found;
}

Found oracle(const ByteTable& strings, std::string_view text, size_t places) {
    Found found;
    for (uint32_t i = 0; i < strings.size(); ++i)
        for (size_t at = 0; (at = text.find(strings.key(i), at)) != std::string_view::npos; ++at)
            if (at < places) found.emplace_back(i, at);
    return found;
}

std::string random_text(std::mt19937& random, size_t size, unsigned letters) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % letters);
    return text;
}

// Few letters: strings begin with each other, overlap and stand everywhere.
TEST(StringIndex, AgreesWithAnOracle) {
    std::mt19937 random(1);
    size_t met = 0;
    for (int round = 0; round < 2'000; ++round) {
        const size_t shortest = 1 + random() % 10;
        const unsigned letters = 1 + random() % 4;
        std::vector<std::string> strings(1 + random() % 40);
        for (std::string& string : strings)
            string = random_text(random, shortest + random() % 12, letters);
        const ByteTable table = table_of(strings);
        // Half of them as on a CPU that lacks them.
        const StringIndex index(table, round % 2 == 0 && StringIndex::has_fast_shifts());
        const std::string text = random_text(random, random() % 200, letters);
        const size_t places = random() % 4 == 0 ? random() % 200 : text.size();
        const Found found = find_in(index, text, places);
        ASSERT_EQ(found, oracle(table, text, places)) << "round " << round;
        met += found.size();
    }
    EXPECT_GT(met, 100'000U);
}

TEST(StringIndex, AStringIsMetWhereverItStandsWhateverIsAroundIt) {
    std::mt19937 random(1);
    for (size_t size = 1; size < 30; ++size) {
        const ByteTable table = table_of({random_text(random, size, 256)});
        const StringIndex index(table);
        for (size_t at = 0; at < 300; ++at) {
            const std::string text =
                std::string(at, '-') + std::string(table.key(0)) + std::string(at % 67, '-');
            ASSERT_EQ(find_in(index, text, text.size()), (Found{{0, at}})) << size << " at " << at;
            ASSERT_EQ(find_in(index, text, at + 1), (Found{{0, at}}));
            ASSERT_EQ(find_in(index, text, at), Found{});
        }
    }
}

TEST(StringIndex, AllThatBeginAtAPlaceAreMet) {
    std::vector<std::string> strings{
        "http://a", "http://a/b", "http://a/b/c", "http://a/c", "http://a/b/c/d/e",
        "http",     "h",          "ht",           "b/"};
    const ByteTable table = table_of(strings);
    const StringIndex index(table);
    EXPECT_EQ(find_in(index, "xhttp://a/b/c/d", 15),
              (Found{{0, 1}, {1, 1}, {2, 1}, {5, 1}, {6, 1}, {7, 1}, {8, 10}}));
}

TEST(StringIndex, TheVisitorMayStop) {
    const ByteTable table = table_of({"a", "aaaa", "aaaaa"});
    const StringIndex index(table);
    for (size_t most = 1; most < 40; ++most) {
        size_t met = 0;
        index.find(as_bytes("aaaaaaaaaaaa"), 12, [&](uint32_t, size_t) { return ++met != most; });
        EXPECT_EQ(met, std::min<size_t>(most, 12 + 9 + 8));
    }
}

}  // namespace
}  // namespace peek
