// SPDX-License-Identifier: BSD-2-Clause
#include "rules/domain_rules.h"

#include <random>

#include "unit/rules/compiled.h"

namespace peek {
namespace {

using namespace std::string_literals;

// "a.example.com" as RFC 1035 §3.1 sends it.
std::string wire(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        out += static_cast<char>(label.size());
        out += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return out + '\0';
}

// A name of `size` characters made of labels as long as allowed.
std::string name_of(size_t size) {
    std::string name(size, 'a');
    for (size_t i = 63; i < size; i += 64) name[i] = '.';
    return name;
}

class DomainRulesTest : public testing::Test {
  protected:
    void load(const std::string& bytes) {
        compiled_ = compile_file(Family::kDomain, bytes);
        ASSERT_TRUE(compiled_.ok) << compiled_.error.text;
    }
    std::string match_wire(std::string_view name) const {
        return to_text(peek::match(*compiled_.sets.domain, name));
    }
    std::string match(std::string_view name) const { return match_wire(wire(name)); }
    Lines listing() const { return compiled_.listing(Family::kDomain); }
    const Lines& warned() const { return compiled_.report.warnings; }

    Compiled compiled_;
};

TEST_F(DomainRulesTest, MatchTheNameAndEveryNameUnderIt) {
    load("example.com\n");
    for (const char* name : {"example.com", "a.example.com", "x.y.z.example.com", "EXAMPLE.COM",
                             "wWw.ExAmPlE.cOm", "com.example.com"}) {
        EXPECT_EQ(match(name), "0/1") << name;
    }
}

TEST_F(DomainRulesTest, MatchOnLabelBoundariesOnly) {
    load("example.com\n");
    for (const char* name : {"badexample.com", "ample.com", "com", "example.org", "example",
                             "example.com.org", "example.comm", "xexample.com", "e.xample.com"}) {
        EXPECT_EQ(match(name), "-") << name;
    }
    EXPECT_EQ(match(""), "-");
}

TEST_F(DomainRulesTest, DoNotMistakeALabelWithADotForTwo) {
    load("example.com\n");
    EXPECT_EQ(match_wire("\x0b"
                         "example.com\0"s),
              "-");
}

TEST_F(DomainRulesTest, NameTheFirstInFileOrderAndCountAllOfThem) {
    load("com\nb.example.com\nexample.com\na.b.example.com\n");
    EXPECT_EQ(match("a.b.example.com"), "0/4");
    EXPECT_EQ(match("x.b.example.com"), "0/3");
    EXPECT_EQ(match("example.com"), "0/2");
    EXPECT_EQ(match("example.org"), "-");
    load("example.com\ncom\n");
    EXPECT_EQ(match("example.com"), "0/2");
    EXPECT_EQ(match("other.com"), "1/1");
}

TEST_F(DomainRulesTest, TakeEveryFormOfADomainForTheSameRule) {
    for (const char* form : {"example.com", "example.com.", "*.example.com", ".example.com",
                             "EXAMPLE.com", "  example.com\t", "*.example.com."}) {
        load(form + "\nexample.com\n"s);
        EXPECT_EQ(compiled_.sets.domain->size(), 1U) << form;
        EXPECT_EQ(match("example.com"), "0/1") << form;
        EXPECT_EQ(match("a.example.com"), "0/1") << form;
    }
}

TEST_F(DomainRulesTest, KeepTheTextAsWritten) {
    load("*.Example.COM.\n  .b.example \n0.0.0.0 Ads.example # x\n");
    EXPECT_EQ(listing(), (Lines{"1 *.Example.COM.", "2 .b.example", "3 Ads.example"}));
}

TEST_F(DomainRulesTest, TakeUnderscoresAndPunycode) {
    load("_dmarc.example.com\nxn--bcher-kva.example\n");
    EXPECT_EQ(match("_dmarc.example.com"), "0/1");
    EXPECT_EQ(match("www.xn--bcher-kva.example"), "1/1");
    EXPECT_EQ(warned(), Lines{});
}

TEST_F(DomainRulesTest, TakeAnyPrintableCharacterWithAWarning) {
    load("example.com\n!\"$%&'()*+,/:;<=>?@[\\]^`{|}~#.example\nhttp://x.example\n");
    EXPECT_EQ(match("a.!\"$%&'()*+,/:;<=>?@[\\]^`{|}~#.EXAMPLE"), "1/1");
    EXPECT_EQ(warned(), Lines{"rules.cfg: characters that no host name has, taken as written, in "
                              "2 rules (the first on line 2)."});
}

TEST_F(DomainRulesTest, TakeNamesUpToTheLimits) {
    const std::string longest = name_of(253);
    const std::string label(63, 'b');
    load(longest + "\n" + label + ".example\n" + name_of(253) + ".\n");
    EXPECT_EQ(compiled_.sets.domain->size(), 2U);
    EXPECT_EQ(match(longest), "0/1");
    EXPECT_EQ(match(label + ".example"), "1/1");
    EXPECT_EQ(match("x." + label + ".example"), "1/1");
    load("a\n");
    std::string many;
    for (int i = 0; i < 127; ++i) many += "\1a";
    EXPECT_EQ(match_wire(many + '\0'), "0/1");
}

TEST_F(DomainRulesTest, MatchNothingThatIsNoNameInWireForm) {
    load("com\n");
    EXPECT_EQ(match_wire("\3com\0"s), "0/1");
    EXPECT_EQ(match_wire("\3com\0trailing"s), "0/1");
    EXPECT_EQ(match_wire("\3com"), "-");
    EXPECT_EQ(match_wire("\3co"), "-");
    EXPECT_EQ(match_wire("\xc0\x0c\3com\0"s), "-");
    EXPECT_EQ(match_wire("\x40" + std::string(64, 'a') + "\3com\0"s), "-");
    EXPECT_EQ(match_wire(""), "-");
    EXPECT_EQ(match_wire("\0"s), "-");
    std::string too_long;
    for (int i = 0; i < 126; ++i) too_long += "\1a";
    EXPECT_EQ(match_wire(too_long + "\3com\0"s), "-");
}

TEST_F(DomainRulesTest, ReadHostsFiles) {
    load(
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
        "fe80::1%lo0 localhost.\n255.255.255.255\tbroadcasthost\n"
        "# block list\n0.0.0.0 0.0.0.0\n0.0.0.0 ads.example tracker.example  # two at once\n"
        "127.0.0.1\tcut.example#here\n:: v6.example\n0.0.0.0 #none\n0.0.0.0 192.0.2.1 "
        "ok.example\n");
    EXPECT_EQ(listing(), (Lines{"7 ads.example", "7 tracker.example", "8 cut.example",
                                "9 v6.example", "11 ok.example"}));
    EXPECT_EQ(warned(),
              (Lines{"rules.cfg: skipped localhost and its kin: 6 names (the first on line 1).",
                     "rules.cfg: skipped 2 names (the first on line 6) that are addresses; put "
                     "them into the IP blacklist."}));
}

TEST_F(DomainRulesTest, SkipEveryLocalNameOfAHostsFile) {
    load(
        "127.0.0.1 LOCALHOST localhost.localdomain local broadcasthost ip6-localhost "
        "ip6-loopback ip6-localnet ip6-mcastprefix ip6-allnodes ip6-allrouters ip6-allhosts\n"
        "127.0.0.1 localhosts\n");
    EXPECT_EQ(listing(), Lines{"2 localhosts"});
    EXPECT_EQ(warned(),
              Lines{"rules.cfg: skipped localhost and its kin: 11 names (the first on line 1)."});
}

TEST_F(DomainRulesTest, TakeALocalNameOnALineOfItsOwnAsARule) {
    load("local\n");
    EXPECT_EQ(match("printer.local"), "0/1");
}

TEST_F(DomainRulesTest, SkipAddressesOnLinesOfTheirOwn) {
    load("192.0.2.1\nexample.com\n2001:db8::1\n");
    EXPECT_EQ(listing(), Lines{"2 example.com"});
    EXPECT_EQ(warned(), Lines{"rules.cfg: skipped 2 names (the first on line 1) that are "
                              "addresses; put them into the IP blacklist."});
}

TEST_F(DomainRulesTest, SkipIndentedComments) {
    load("  # one\n\t#two\nexample.com\n");
    EXPECT_EQ(listing(), Lines{"3 example.com"});
}

struct BadDomain {
    std::string line;
    std::string reason;
};

TEST(BadDomainRules, SayWhatIsWrong) {
    const std::string root = " is the root, which every name is under; write a domain";
    const std::string dots = " has an empty label; remove the dot too many";
    const std::string ascii = " is not ASCII; write it as xn--…";
    for (const auto& [line, reason] : std::vector<BadDomain>{
             {".", "\".\"" + root},
             {"*", "\"*\"" + root},
             {"*.", "\"*.\"" + root},
             {"..", "\"..\"" + root},
             {"a..example", "\"a..example\"" + dots},
             {"..example", "\"..example\"" + dots},
             {"example..", "\"example..\"" + dots},
             {"*..example", "\"*..example\"" + dots},
             {"b\xc3\xbc"
              "cher.example",
              "\"b\\xc3\\xbccher.example\"" + ascii},
             {"\xff.example", "\"\\xff.example\"" + ascii},
             {"a\x01.example", "\"a\\x01.example\" has a control character; remove it"},
             {"a\x7f.example", "\"a\\x7f.example\" has a control character; remove it"},
             {"example.com # why",
              "white space in \"example.com # why\"; write one domain a line, "
              "comments on lines of their own"},
             {"a.example b.example",
              "white space in \"a.example b.example\"; write one domain a "
              "line, comments on lines of their own"},
             {"a.example\rb.example",
              "a carriage return inside the line; end lines with LF or CRLF"},
             {std::string(64, 'a') + ".example",
              "a label of \"" + std::string(60, 'a') + "…\" has 64 characters; DNS allows 63"},
             {name_of(254), "the name has 254 characters; DNS allows 253"},
             {"0.0.0.0 good.example b..ad c..d", "\"b..ad\"" + dots},
         }) {
        EXPECT_EQ(refusal(Family::kDomain, line + "\n"), "rules.cfg:1: " + reason);
    }
}

// Names of one to four short labels over three letters: many share suffixes.
std::string random_name(std::mt19937& random) {
    std::string name;
    const int labels = 1 + static_cast<int>(random() % 4);
    for (int label = 0; label < labels; ++label) {
        if (label > 0) name += '.';
        const int letters = 1 + static_cast<int>(random() % 2);
        for (int i = 0; i < letters; ++i) name += "abC"[random() % 3];
    }
    return name;
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

RuleHit oracle(const Lines& rules, const std::string& asked) {
    RuleHit hit;
    for (RuleId id = 0; id < rules.size(); ++id) {
        if (("." + lower(asked)).ends_with("." + lower(rules[id]))) hit.add(id);
    }
    return hit;
}

TEST_F(DomainRulesTest, AgreeWithAnOracleOnRandomNames) {
    std::mt19937 random(4);
    for (const int size : {1, 10, 60, 200}) {
        Lines distinct;
        std::string bytes;
        for (int i = 0; i < size; ++i) {
            const std::string name = random_name(random);
            bytes += name + '\n';
            const bool known = std::any_of(distinct.begin(), distinct.end(),
                                           [&](const auto& d) { return lower(d) == lower(name); });
            if (!known) distinct.push_back(name);
        }
        load(bytes);
        for (int i = 0; i < 2'000; ++i) {
            const std::string asked = random_name(random);
            ASSERT_EQ(match(asked), to_text(oracle(distinct, asked))) << asked;
        }
    }
}

}  // namespace
}  // namespace peek
