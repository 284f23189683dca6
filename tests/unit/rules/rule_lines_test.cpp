// SPDX-License-Identifier: BSD-2-Clause
// What all four grammars share: line ends, comments, limits, reports.
#include "unit/rules/compiled.h"

namespace peek {
namespace {

constexpr std::array kFileFamilies{Family::kIp, Family::kDomain, Family::kUrl, Family::kSignature};

// A rule that every family accepts.
constexpr std::string_view kRule = "2001:db8::1";
std::string rule_for(Family family) {
    return family == Family::kDomain ? "example.com" : std::string(kRule);
}

class EveryFamily : public testing::TestWithParam<Family> {
  protected:
    Family family() const { return GetParam(); }
    std::string rule() const { return rule_for(GetParam()); }
    Lines listing(const std::string& bytes) const {
        return compile_file(family(), bytes).listing(family());
    }
};
INSTANTIATE_TEST_SUITE_P(Rules, EveryFamily, testing::ValuesIn(kFileFamilies),
                         [](const auto& test) { return std::string(family_name(test.param)); });

TEST_P(EveryFamily, LoadsARuleWithLf) {
    EXPECT_EQ(listing(rule() + "\n"), Lines{"1 " + rule()});
}

TEST_P(EveryFamily, LoadsARuleWithCrlf) {
    EXPECT_EQ(listing("\r\n" + rule() + "\r\n"), Lines{"2 " + rule()});
}

TEST_P(EveryFamily, LoadsALastLineWithoutEnd) {
    EXPECT_EQ(listing("\n\n" + rule()), Lines{"3 " + rule()});
}

TEST_P(EveryFamily, SkipsAUtf8ByteOrderMark) {
    EXPECT_EQ(listing("\xef\xbb\xbf" + rule() + "\n"), Lines{"1 " + rule()});
    EXPECT_EQ(listing("\xef\xbb\xbf# comment\n" + rule() + "\n"), Lines{"2 " + rule()});
}

TEST_P(EveryFamily, SkipsCommentsAndBlankLines) {
    EXPECT_EQ(listing("# one\n#two\n\n \t \n" + rule() + "\n#\n"), Lines{"5 " + rule()});
}

TEST_P(EveryFamily, LoadsDuplicatesOnceUnderTheFirstLine) {
    const std::string other = family() == Family::kDomain ? "example.org" : "192.0.2.1";
    EXPECT_EQ(listing(rule() + "\n" + rule() + "\n" + other + "\n" + rule() + "\n"),
              (Lines{"1 " + rule(), "3 " + other}));
}

TEST_P(EveryFamily, IsOffWithAWarningWhenTheFileIsEmpty) {
    const Lines off{"rules.cfg: no rules in it; with it " + std::string(traffic_type(family())) +
                    " is off."};
    for (const std::string bytes : {"", "\n", "# only a comment", "\xef\xbb\xbf"}) {
        const Compiled compiled = compile_file(family(), bytes);
        EXPECT_TRUE(compiled.ok);
        EXPECT_EQ(compiled.sets.set(family()), nullptr);
        EXPECT_EQ(compiled.sets.families(), 0U);
        EXPECT_EQ(compiled.report.warnings, off);
    }
}

TEST_P(EveryFamily, IsSwitchedOffByAnEmptyFileThatReplacesItsRules) {
    Compiled compiled = compile_file(family(), rule());
    EXPECT_EQ(compiled.sets.families(), family_bit(family()));
    ASSERT_TRUE(
        compile_rules({rule_list(family()), "empty.cfg", ""}, compiled.sets, compiled.report));
    EXPECT_EQ(compiled.sets.families(), 0U);
}

TEST_P(EveryFamily, KeepsItsRulesWhenTheNextFileIsBad) {
    Compiled compiled = compile_file(family(), rule());
    const RuleSet* before = compiled.sets.set(family());
    const std::string long_line(65'537, 'a');
    EXPECT_FALSE(
        compile_rules({rule_list(family()), "bad.cfg", long_line}, compiled.sets, compiled.report));
    EXPECT_EQ(compiled.sets.set(family()), before);
}

TEST_P(EveryFamily, KnowsItsFileAndItsHash) {
    const Compiled compiled = compile_file(family(), rule() + "\n");
    const RuleSet& rules = compiled.rules(family());
    EXPECT_EQ(rules.list(), rule_list(family()));
    EXPECT_EQ(rules.file(), "rules.cfg");
    // sha256sum of the line.
    EXPECT_EQ(rules.sha256(),
              family() == Family::kDomain
                  ? "391196688aa55d3321deffa736f8d103b4813470952b748e9c2c9deb17fa60f5"
                  : "b17ba9bb380d11a39de074bdc016c77795dd0995377d2033c95af039a1942905");
    EXPECT_GT(rules.memory_bytes(), rule().size());
}

TEST_P(EveryFamily, AcceptsACommentOf64KiBAndRefusesOneByteMore) {
    const std::string comment = "#" + std::string(65'535, 'x');
    EXPECT_EQ(listing(comment + "\r\n" + rule()), Lines{"2 " + rule()});
    EXPECT_EQ(refusal(family(), rule() + "\n" + comment + "x\n"),
              "rules.cfg:2: the line has 65537 bytes; at most 65536 are allowed");
}

TEST_P(EveryFamily, RefusesUtf16) {
    const std::string reason =
        "rules.cfg:1: the file is UTF-16; save it as UTF-8 (a string that begins with these "
        "bytes: \\xff\\xfe)";
    using namespace std::string_literals;
    EXPECT_EQ(refusal(family(), "\xff\xfe"s + "a\0\n\0"s), reason);
    EXPECT_EQ(refusal(family(), "\xfe\xff"s + "\0a\0\n"s), reason);
}

TEST(BadLines, AreAllReportedInOrder) {
    EXPECT_EQ(refusal(Family::kSignature, "good\n\\q\n\n# comment\n\\\n"),
              "rules.cfg:2: \"\\q\" at column 1 is no escape (\\xHH \\\\ \\' \\\" \\n \\r \\t "
              "\\0); write \\\\ for a backslash\n"
              "rules.cfg:5: a lone \\ at the end; write \\\\ for a backslash");
}

TEST(BadLines, AreListedUpToAHundredWithoutATotal) {
    std::string bytes;
    std::string expected;
    for (int line = 1; line <= 100; ++line) {
        bytes += "\\\n";
        if (line > 1) expected += '\n';
        expected += "rules.cfg:" + std::to_string(line) +
                    ": a lone \\ at the end; write \\\\ for a backslash";
    }
    EXPECT_EQ(refusal(Family::kUrl, bytes), expected);
    EXPECT_EQ(refusal(Family::kUrl, bytes + "\\\n\\\n"),
              expected + "\nrules.cfg: 102 bad lines in all, of which the first 100 are shown");
}

TEST(BadLines, AreCountedInTheReport) {
    std::string bytes = "good\n";
    for (int line = 0; line < 150; ++line) bytes += "\\\n";
    const Compiled compiled = compile_file(Family::kUrl, bytes);
    EXPECT_EQ(compiled.report.bad_total, 150U);
    EXPECT_EQ(compiled.report.bad_lines.size(), 100U);
    EXPECT_EQ(compiled.report.bad_lines.front().line, 2U);
}

TEST(BadLines, OfOneFileDoNotStickToTheNext) {
    Compiled compiled = compile_file(Family::kUrl, "\\\n");
    EXPECT_TRUE(
        compile_rules({RuleList::kUrl, "good.cfg", "good\n"}, compiled.sets, compiled.report));
    EXPECT_EQ(compiled.report.bad_total, 0U);
}

// The line that is refused says that all before it were accepted.
TEST(RuleLimit, IsSixteenMillionRules) {
    std::string bytes;
    bytes.reserve(32'000'004);
    for (int i = 0; i < 16'000'002; ++i) bytes += "a\n";
    EXPECT_EQ(refusal(Family::kSignature, std::move(bytes)),
              "rules.cfg:16000001: more than 16000000 rules; split the file");
}

TEST(RuleSets, AreOffWithoutAnything) {
    const RuleSets sets;
    EXPECT_EQ(sets.families(), 0U);
    for (const Family family : kAllFamilies) EXPECT_EQ(sets.set(family), nullptr);
}

TEST(RuleSets, NameTheFamiliesThatAreOn) {
    Compiled compiled = compile_file(Family::kIp, "192.0.2.1");
    ASSERT_TRUE(compile_rules({RuleList::kSignature, "s", "text"}, compiled.sets, compiled.report));
    compiled.sets.scan.emplace();
    EXPECT_EQ(compiled.sets.families(),
              static_cast<FamilyMask>(PEEK_FAMILY_IP | PEEK_FAMILY_SIGNATURE | PEEK_FAMILY_SCAN));
    EXPECT_EQ(compiled.sets.set(Family::kSignature), compiled.sets.signature.get());
    EXPECT_EQ(compiled.sets.set(Family::kScan), nullptr);
}

}  // namespace
}  // namespace peek
