// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_rules.h"

#include <algorithm>
#include <random>

#include "unit/rules/compiled.h"
#include "util/bytes.h"

namespace peek {
namespace {

using namespace std::string_literals;

class StringRulesTest : public testing::Test {
  protected:
    void load(const std::string& bytes) {
        compiled_ = compile_file(Family::kSignature, bytes);
        ASSERT_TRUE(compiled_.ok) << compiled_.error.text;
    }
    const StringRules& rules() const { return *compiled_.sets.signature; }
    std::string match(const Lines& texts) { return to_text(match_with(rules(), texts)); }
    std::string match(const std::string& text) { return match(Lines{text}); }
    RuleHit match_with(const StringRules& rules, const Lines& texts) {
        std::vector<RuleId> ids;
        for (const std::string& text : texts) rules.collect(as_bytes(text), scratch_, ids);
        return hit_of(std::move(ids));
    }
    Lines listing() const { return compiled_.listing(Family::kSignature); }

    Compiled compiled_;
    StringRules::Scratch scratch_;
};

TEST_F(StringRulesTest, MatchAnywhereInAText) {
    load("evil\n");
    EXPECT_EQ(match("evil"), "0/1");
    EXPECT_EQ(match("xxevil"), "0/1");
    EXPECT_EQ(match("evilxx"), "0/1");
    EXPECT_EQ(match("evievil evil"), "0/1");
    EXPECT_EQ(match("EVIL"), "-");
    EXPECT_EQ(match("evi"), "-");
    EXPECT_EQ(match(""), "-");
    EXPECT_EQ(match(Lines{}), "-");
}

using Ends = std::vector<std::pair<RuleId, size_t>>;

Ends sorted(const std::vector<StringRules::Occurrence>& found) {
    Ends ends;
    for (const auto& occurrence : found) ends.emplace_back(occurrence.id, occurrence.end);
    std::sort(ends.begin(), ends.end());
    return ends;
}

TEST_F(StringRulesTest, EveryOccurrenceIsFoundUpToABound) {
    load("aa\nb\n");
    std::vector<StringRules::Occurrence> found;
    rules().find(as_bytes("aaab"), found);
    EXPECT_EQ(sorted(found), (Ends{{0, 2}, {0, 3}, {1, 4}}));
    found.clear();
    rules().find(as_bytes(std::string(10'000, 'b')), found);
    EXPECT_EQ(found.size(), StringRules::kMaxOccurrences);
}

TEST_F(StringRulesTest, AcrossABorderOnlyWhatSpansItIsFound) {
    const std::string longest(4096, 'L');
    load("abc\nbc\nc\nabcabc\n" + longest + "\n");
    EXPECT_EQ(rules().context(), 4095U);
    const auto across = [&](const std::string& before, const std::string& after) {
        std::vector<StringRules::Occurrence> found;
        rules().find_across(as_bytes(before), as_bytes(after), scratch_, found);
        return sorted(found);
    };
    EXPECT_EQ(across("abcab", "cabc"), (Ends{{0, 1}, {1, 1}, {3, 1}, {3, 4}}));
    EXPECT_EQ(across("abc", "abc"), (Ends{{3, 3}}));
    EXPECT_EQ(across("", "abc"), Ends{});
    EXPECT_EQ(across("abc", ""), Ends{});
    EXPECT_EQ(across("x" + longest.substr(1), "Lx"), (Ends{{4, 1}}));
    EXPECT_EQ(across("L", longest.substr(1) + "x"), (Ends{{4, 4095}}));
    EXPECT_EQ(across("x", longest), Ends{});
}

TEST_F(StringRulesTest, NameTheFirstInFileOrderAndCountAllOfThem) {
    load("bcde\nabcd\ncdefgh\nabcdefgh\n");
    EXPECT_EQ(match("abcdefgh"), "0/4");
    EXPECT_EQ(match("abcd"), "1/1");
    EXPECT_EQ(match("cdefgh abcd"), "1/2");
    EXPECT_EQ(match("abcabcabc"), "-");
}

TEST_F(StringRulesTest, CountARuleOfSeveralTextsOnce) {
    load("first\nsecond\n");
    EXPECT_EQ(match(Lines{"second", "first", "second first"}), "0/2");
    EXPECT_EQ(match(Lines{"second", "", "second"}), "1/1");
}

TEST_F(StringRulesTest, NeverSpanTwoTexts) {
    load("firstsecond\n");
    EXPECT_EQ(match(Lines{"first", "second"}), "-");
}

TEST_F(StringRulesTest, KeepWhiteSpaceAtEitherEnd) {
    load(" evil\nevil \nevil\t\r\n");
    EXPECT_EQ(listing(), (Lines{"1  evil", "2 evil ", "3 evil\t"}));
    EXPECT_EQ(match("evil"), "-");
    EXPECT_EQ(match("evil "), "1/1");
    EXPECT_EQ(match(" evil "), "0/2");
    EXPECT_EQ(match("evil\t"), "2/1");
}

TEST_F(StringRulesTest, UnderstandEveryEscape) {
    load(R"(\x00\x7F\xfFa)"
         "\n"
         R"(\\\'\"\n\r\t\0)"
         "\n"
         R"(\0abc)"
         "\n"
         R"(\x23no comment)"
         "\n"
         R"(\x20)"
         "\n");
    EXPECT_EQ(match("\0\x7f\xff"
                    "a"s),
              "0/1");
    EXPECT_EQ(match("\\'\"\n\r\t\0"s), "1/1");
    EXPECT_EQ(match("\0abc"s), "2/1");
    EXPECT_EQ(match("#no"), "-");
    EXPECT_EQ(match("#no comment"), "3/2");
    EXPECT_EQ(match(" "), "4/1");
    EXPECT_EQ(compiled_.rules(Family::kSignature).text(1), R"(\\\'\"\n\r\t\0)");
}

TEST_F(StringRulesTest, TakeBytesThatAreSpecialInPatternsLiterally) {
    load("^.*$[a]{2}(b|c)+?\n/x/i\n\xc3\xa9\xff\xfe\n");
    EXPECT_EQ(match("^.*$[a]{2}(b|c)+?"), "0/1");
    EXPECT_EQ(match("aab"), "-");
    EXPECT_EQ(match("/x/i"), "1/1");
    EXPECT_EQ(match("\xc3\xa9\xff\xfe"), "2/1");
}

TEST_F(StringRulesTest, TakeEveryByteValue) {
    std::string file;
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (int c = 0; c < 256; ++c) {
        file += {'\\', 'x', kDigits[c >> 4], kDigits[c & 15], 'Z', 'Z', 'Z', '\n'};
    }
    load(file);
    for (int c = 0; c < 256; ++c) {
        const std::string text = std::string(1, static_cast<char>(c)) + "ZZZ";
        EXPECT_EQ(match(text), c == 'Z' ? "90/1" : std::to_string(c) + "/1");
    }
}

TEST_F(StringRulesTest, LoadTwoSpellingsOfOneStringOnce) {
    load("evil\n\\x65vil\n");
    EXPECT_EQ(listing(), Lines{"1 evil"});
}

TEST_F(StringRulesTest, WarnAboutShortStrings) {
    load("abc\n\\x00\\x00\\x00\\x00\nab\n");
    EXPECT_EQ(compiled_.report.warnings,
              Lines{"rules.cfg: fewer than 4 bytes, which match by chance, in 2 rules (the first "
                    "on line 1)."});
    EXPECT_EQ(match("abc"), "0/2");
    EXPECT_EQ(match("ab"), "2/1");
}

TEST_F(StringRulesTest, MatchASingleByte) {
    load("\\0\n");
    EXPECT_EQ(match("a\0b\0"s), "0/1");
    EXPECT_EQ(match("ab"), "-");
}

std::string random_bytes(std::mt19937& random, size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
}

std::string escaped(const std::string& bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<uint8_t>(c);
        text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return text;
}

// Up to the limit of a line.
TEST_F(StringRulesTest, MatchLongStringsToTheLastByte) {
    std::mt19937 random(5);
    for (const size_t size : {255U, 256U, 3999U, 4000U, 4001U, 4095U, 4096U}) {
        const std::string bytes = random_bytes(random, size);
        load(escaped(bytes) + "\n");
        EXPECT_EQ(match(bytes), "0/1") << size;
        EXPECT_EQ(match("before" + bytes + "behind"), "0/1") << size;
        EXPECT_EQ(match(bytes.substr(0, size - 1)), "-") << size;
        EXPECT_EQ(match(bytes.substr(1)), "-") << size;
        std::string other = bytes;
        other.back() ^= 1;
        EXPECT_EQ(match(other), "-") << size;
    }
}

// Each text in a buffer of exactly its size, so that a sanitizer sees a byte read too many.
TEST_F(StringRulesTest, StopAtTheEndOfATextThatIsCutInALongString) {
    const std::string bytes(4096, 'a');
    load(bytes + "\n");
    for (size_t size = 3'990; size < 4'096; ++size) {
        const std::vector<uint8_t> text(size, 'a');
        std::vector<RuleId> ids;
        rules().collect(text, scratch_, ids);
        EXPECT_TRUE(ids.empty()) << size;
    }
}

TEST_F(StringRulesTest, FindALongStringBehindAnotherThatBeginsAlike) {
    const std::string bytes = std::string(4095, 'a') + "b";
    load(bytes + "\n" + std::string(4096, 'a') + "\n");
    EXPECT_EQ(match(std::string(4000, 'a') + "b"), "-");
    EXPECT_EQ(match(std::string(10'000, 'a') + "b"), "0/2");
    EXPECT_EQ(match(std::string(4096, 'a')), "1/1");
    EXPECT_EQ(match(Lines{bytes, bytes}), "0/1");
}

TEST_F(StringRulesTest, AgreeWithAnOracleOnAThousandStrings) {
    std::mt19937 random(6);
    std::string file;
    Lines strings;
    // Over three letters, so that strings overlap and contain each other.
    while (strings.size() < 1'000) {
        std::string bytes;
        const size_t size = 4 + random() % 9;
        for (size_t i = 0; i < size; ++i) bytes += "\0ab"[random() % 3];
        if (std::find(strings.begin(), strings.end(), bytes) != strings.end()) continue;
        strings.push_back(bytes);
        file += escaped(bytes) + '\n';
    }
    load(file);
    ASSERT_EQ(rules().size(), 1'000U);
    uint64_t hits = 0;
    for (int i = 0; i < 500; ++i) {
        std::string text;
        const size_t size = random() % 60;
        for (size_t k = 0; k < size; ++k) text += "\0ab"[random() % 3];
        RuleHit expected;
        for (RuleId id = 0; id < strings.size(); ++id) {
            if (text.find(strings[id]) != std::string::npos) expected.add(id);
        }
        ASSERT_EQ(match(text), to_text(expected));
        hits += expected.distinct;
    }
    EXPECT_GT(hits, 1'000U);
}

// What a matcher may skip depends on how many strings there are and on what they begin with.
TEST_F(StringRulesTest, AreFoundWhereverTheyStandHoweverFewOrAlikeTheyAre) {
    const Lines all{"drop table",   "\\x00\\xff\\x00binary", "ayikdareyktnd",
                    "heltjb",       "lfghuxxshxuttacfbdcg",  "evil",
                    "qnxcwcyjlqfl", "fdpwftblnwbslijnf"};
    const auto expect_found = [this](const std::string& file, const Lines& strings) {
        load(file);
        for (RuleId rule = 0; rule < strings.size(); rule += strings.size() < 10 ? 1 : 17)
            for (size_t before = 0; before < 300; ++before)
                ASSERT_EQ(
                    match(std::string(before, '-') + strings[rule] + std::string(before % 67, '-')),
                    std::to_string(rule) + "/1")
                    << strings.size() << " strings, " << before << " bytes in front";
    };
    std::string few;
    Lines strings;
    for (const std::string& line : all) {
        few += line + '\n';
        strings.push_back(line[0] == '\\' ? "\0\xff\0binary"s : line);
        expect_found(few, strings);
    }
    for (const char* prefix : {"/", "a", "aa", "http://"}) {
        std::string file;
        Lines alike;
        for (int i = 0; i < 100; ++i) {
            alike.push_back(prefix + std::to_string(1'000 + 7 * i) + "x");
            file += alike.back() + '\n';
        }
        expect_found(file, alike);
    }
}

TEST_F(StringRulesTest, ShareOneScratchBetweenSets) {
    std::mt19937 random(7);
    std::vector<Compiled> sets;
    for (const int size : {1, 800, 3, 50, 2, 400}) {
        std::string file = "common\n";
        for (int i = 0; i < size; ++i) file += escaped(random_bytes(random, 8)) + '\n';
        sets.push_back(compile_file(Family::kUrl, file + "last one\n"));
    }
    for (int round = 0; round < 3; ++round) {
        for (const Compiled& set : sets) {
            const StringRules& rules = *set.sets.url;
            EXPECT_EQ(to_text(match_with(rules, {"common", "last one"})), "0/2");
            EXPECT_EQ(to_text(match_with(rules, {"last one"})),
                      std::to_string(rules.size() - 1) + "/1");
        }
    }
}

struct BadString {
    std::string line;
    std::string reason;
};

TEST(BadStringRules, SayWhatIsWrong) {
    const std::string no_escape =
        " is no escape (\\xHH \\\\ \\' \\\" \\n \\r \\t \\0); write \\\\ for a backslash";
    const std::string hex = " needs two hexadecimal digits, as in \\x2f";
    for (const auto& [line, reason] : std::vector<BadString>{
             {"\\", "a lone \\ at the end; write \\\\ for a backslash"},
             {"abc\\\\\\", "a lone \\ at the end; write \\\\ for a backslash"},
             {"ab\\qcd", "\"\\q\" at column 3" + no_escape},
             {"\\N", "\"\\N\" at column 1" + no_escape},
             {"\\1", "\"\\1\" at column 1" + no_escape},
             {"\\X41", "\"\\X\" at column 1" + no_escape},
             {"\\\xff", "\"\\\\xff\" at column 1" + no_escape},
             {"\\x", "\\x at column 1" + hex},
             {"ab\\x4", "\\x at column 3" + hex},
             {"\\x4gh", "\\x at column 1" + hex},
             {"\\x-1", "\\x at column 1" + hex},
             {"\\x 1", "\\x at column 1" + hex},
             {"abc\\00", "\\0 at column 4 stands before a digit, which looks octal; write \\x00"},
             {"\\09", "\\0 at column 1 stands before a digit, which looks octal; write \\x00"},
             {std::string(4097, 'a'), "the string has 4097 bytes; at most 4096 are allowed"},
         }) {
        EXPECT_EQ(refusal(Family::kUrl, line + "\n"), "rules.cfg:1: " + reason);
    }
}

}  // namespace
}  // namespace peek
