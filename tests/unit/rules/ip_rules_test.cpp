// SPDX-License-Identifier: BSD-2-Clause
#include "rules/ip_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <random>

#include "rules/ip_parse.h"
#include "unit/rules/compiled.h"

namespace peek {
namespace {

IpAddress ip(const std::string& text) {
    std::array<uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
        return IpAddress::v4(std::span<const uint8_t, 4>(bytes.data(), 4));
    }
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
    return IpAddress::v6(bytes);
}

class IpRulesTest : public testing::Test {
  protected:
    void load(const std::string& bytes) {
        compiled_ = compile_file(Family::kIp, bytes);
        ASSERT_TRUE(compiled_.ok) << compiled_.error.text;
    }
    const IpRules& rules() const { return *compiled_.sets.ip; }
    Lines listing() const { return compiled_.listing(Family::kIp); }
    std::string match(const std::string& src, const std::string& dst) const {
        return to_text(peek::match(rules(), ip(src), ip(dst)));
    }
    // Of an address whose peer is in no set.
    std::string match(const std::string& src) const {
        return to_text(peek::match(rules(), ip(src), IpAddress{}));
    }

    Compiled compiled_;
};

TEST_F(IpRulesTest, MatchSourceAndDestination) {
    load("192.0.2.1\n2001:db8::1\n");
    EXPECT_EQ(match("192.0.2.1", "198.51.100.1"), "0/1");
    EXPECT_EQ(match("198.51.100.1", "192.0.2.1"), "0/1");
    EXPECT_EQ(match("192.0.2.1", "192.0.2.1"), "0/1");
    EXPECT_EQ(match("192.0.2.2", "192.0.2.0"), "-");
    EXPECT_EQ(match("2001:db8::1", "2001:db8::2"), "1/1");
    EXPECT_EQ(match("2001:db8::2", "2001:db8::1"), "1/1");
    EXPECT_EQ(match("2001:db8::2", "2001:db8::3"), "-");
}

TEST_F(IpRulesTest, NameTheFirstInFileOrderAndCountAllOfThem) {
    load("10.1.2.3\n10.0.0.0/8\n10.1.2.0/24\n192.0.2.0/24\n");
    EXPECT_EQ(match("10.1.2.3", "192.0.2.9"), "0/4");
    EXPECT_EQ(match("192.0.2.9", "10.1.2.4"), "1/3");
    EXPECT_EQ(match("10.1.2.4", "10.1.2.5"), "1/2");
    load("10.0.0.0/8\n10.1.2.3\n");
    EXPECT_EQ(match("10.1.2.3"), "0/2");
}

TEST_F(IpRulesTest, CoverNetworksFromEndToEnd) {
    load("192.0.2.64/26\n2001:db8:8000::/33\n");
    EXPECT_EQ(match("192.0.2.63"), "-");
    EXPECT_EQ(match("192.0.2.64"), "0/1");
    EXPECT_EQ(match("192.0.2.127"), "0/1");
    EXPECT_EQ(match("192.0.2.128"), "-");
    EXPECT_EQ(match("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"), "-");
    EXPECT_EQ(match("2001:db8:8000::"), "1/1");
    EXPECT_EQ(match("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), "1/1");
    EXPECT_EQ(match("2001:db9::"), "-");
}

TEST_F(IpRulesTest, TakeZeroLengthPrefixes) {
    load("0.0.0.0/0\n::/0\n");
    EXPECT_EQ(match("0.0.0.0"), "0/1");
    EXPECT_EQ(match("255.255.255.255"), "0/1");
    EXPECT_EQ(match("::1"), "1/1");
    EXPECT_EQ(match("ffff::1"), "1/1");
    EXPECT_EQ(compiled_.report.warnings,
              Lines{"rules.cfg: every address of its IP version is covered by 2 rules (the first "
                    "on line 1): /0."});
}

TEST_F(IpRulesTest, TakeTheMappedFormForTheIpv4Rule) {
    load("::ffff:192.0.2.1\n::ffff:10.0.0.0/104\n::ffff:c633:6400/120\n");
    EXPECT_EQ(match("192.0.2.1"), "0/1");
    EXPECT_EQ(match("::ffff:192.0.2.1"), "0/1");
    EXPECT_EQ(match("10.255.0.1"), "1/1");
    EXPECT_EQ(match("11.0.0.1"), "-");
    EXPECT_EQ(match("198.51.100.255"), "2/1");
    EXPECT_EQ(rules().kernel_image().v6_exact_be.size(), 0U);
    EXPECT_EQ(rules().kernel_image().v6_nets.size(), 0U);
}

TEST_F(IpRulesTest, CountBothFormsOfOneAddressOnce) {
    load("192.0.2.1\n::ffff:192.0.2.1\n192.0.2.1/32\n::ffff:0:0/96\n0.0.0.0/0\n");
    EXPECT_EQ(listing(), (Lines{"1 192.0.2.1", "4 ::ffff:0:0/96"}));
    EXPECT_EQ(match("192.0.2.1", "::ffff:192.0.2.1"), "0/2");
}

TEST_F(IpRulesTest, MatchAMappedAddressByIpv4RulesOnly) {
    load("::/0\n::/64\n::ffff:0:0/95\n203.0.113.1\n");
    EXPECT_EQ(match("::ffff:192.0.2.1"), "-");
    EXPECT_EQ(match("::ffff:203.0.113.1"), "3/1");
    EXPECT_EQ(match("::1"), "0/2");
    EXPECT_EQ(match("::fffe:0:1"), "0/3");
}

TEST_F(IpRulesTest, MatchNothingWithoutAnAddress) {
    load("0.0.0.0/0\n::/0\n");
    EXPECT_EQ(to_text(peek::match(rules(), IpAddress{}, IpAddress{})), "-");
}

TEST_F(IpRulesTest, KeepTheTextAsWritten) {
    load("2001:0DB8:0:0::1\n10.1.2.3/8 ; SBL1\n");
    EXPECT_EQ(listing(), (Lines{"1 2001:0DB8:0:0::1", "2 10.1.2.3/8"}));
}

TEST_F(IpRulesTest, ReadSpamhausAndFireholFiles) {
    load(
        "; Spamhaus DROP List\n1.10.16.0/20 ; SBL256894\n#\n# firehol_level1\n5.134.128.0/19\n"
        "192.0.2.1# at once\n192.0.2.2;\n192.0.2.3\tcolumns 1.2.3.4\n  192.0.2.4\n  # indented\n"
        " ; too\n");
    EXPECT_EQ(listing(), (Lines{"2 1.10.16.0/20", "5 5.134.128.0/19", "6 192.0.2.1", "7 192.0.2.2",
                                "8 192.0.2.3", "9 192.0.2.4"}));
    EXPECT_EQ(compiled_.report.warnings, Lines{});
}

TEST_F(IpRulesTest, MaskHostBitsWithOneWarning) {
    load("192.0.2.1\n10.1.2.3/8\n10.0.0.0/8\n2001:db8::1/32\n");
    EXPECT_EQ(listing(), (Lines{"1 192.0.2.1", "2 10.1.2.3/8", "4 2001:db8::1/32"}));
    EXPECT_EQ(match("10.200.0.1"), "1/1");
    EXPECT_EQ(match("2001:db8:ffff::"), "2/1");
    EXPECT_EQ(compiled_.report.warnings,
              Lines{"rules.cfg: host bits were masked in 2 rules (the first on line 2)."});
    EXPECT_EQ(warnings(Family::kIp, "10.1.2.3/8"),
              Lines{"rules.cfg: host bits were masked in 1 rule (line 1)."});
}

struct BadIp {
    std::string line;
    std::string reason;
};

TEST(BadIpRules, SayWhatIsWrong) {
    const std::string no_address =
        " is no address or network; write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/32";
    const std::string zero = " has a leading zero, which some programs read as octal; leave it out";
    const std::string v4_length =
        ": the prefix length must be a number from 0 to 32 without leading zeros";
    const std::string v6_length =
        ": the prefix length must be a number from 0 to 128 without leading zeros";
    const std::string range = " is a range; write it as networks, such as 192.0.2.0/24";
    const std::string zone = " has a zone id; write the address without it";
    for (const auto& [line, reason] : std::vector<BadIp>{
             {"example.com", "\"example.com\"" + no_address},
             {"my-host.example", "\"my-host.example\"" + no_address},
             {"192.0.2", "\"192.0.2\"" + no_address},
             {"10/8", "\"10/8\"" + no_address},
             {"192.0.2.256", "\"192.0.2.256\"" + no_address},
             {"192.0.2.1.", "\"192.0.2.1.\"" + no_address},
             {"192.0.2.1,", "\"192.0.2.1,\"" + no_address},
             {"192.0.2.1:80", "\"192.0.2.1:80\"" + no_address},
             {"0x7f000001", "\"0x7f000001\"" + no_address},
             {"2130706433", "\"2130706433\"" + no_address},
             {"/24", "\"/24\"" + no_address},
             {"2001:db8:::1", "\"2001:db8:::1\"" + no_address},
             {"2001:db8::12345", "\"2001:db8::12345\"" + no_address},
             {"[2001:db8::1]", "\"[2001:db8::1]\"" + no_address},
             {"1:2:3:4:5:6:7", "\"1:2:3:4:5:6:7\"" + no_address},
             {"1\x1b[31m", "\"1\\x1b[31m\"" + no_address},
             {std::string("192.0.2.1\0", 10), "\"192.0.2.1\\x00\"" + no_address},
             {std::string(100, '1'), "\"" + std::string(60, '1') + "…\"" + no_address},
             {"010.1.2.3", "\"010.1.2.3\"" + zero},
             {"10.01.2.3", "\"10.01.2.3\"" + zero},
             {"10.1.2.00/24", "\"10.1.2.00/24\"" + zero},
             {"192.0.2.0/33", "\"192.0.2.0/33\"" + v4_length},
             {"192.0.2.0/", "\"192.0.2.0/\"" + v4_length},
             {"192.0.2.0/08", "\"192.0.2.0/08\"" + v4_length},
             {"192.0.2.0/-1", "\"192.0.2.0/-1\"" + v4_length},
             {"192.0.2.0/+8", "\"192.0.2.0/+8\"" + v4_length},
             {"192.0.2.0/24/1", "\"192.0.2.0/24/1\"" + v4_length},
             {"192.0.2.0/255.255.255.0", "\"192.0.2.0/255.255.255.0\"" + v4_length},
             {"192.0.2.0/99999999999", "\"192.0.2.0/99999999999\"" + v4_length},
             {"2001:db8::/129", "\"2001:db8::/129\"" + v6_length},
             {"::ffff:192.0.2.0/129", "\"::ffff:192.0.2.0/129\"" + v6_length},
             {"192.0.2.1-192.0.2.9", "\"192.0.2.1-192.0.2.9\"" + range},
             {"2001:db8::1-2001:db8::9", "\"2001:db8::1-2001:db8::9\"" + range},
             {"fe80::1%eth0", "\"fe80::1%eth0\"" + zone},
             {"fe80::1%eth0/64", "\"fe80::1%eth0/64\"" + zone},
             {"192.0.2.1\r192.0.2.2",
              "a carriage return inside the line; end lines with LF or CRLF"},
         }) {
        EXPECT_EQ(refusal(Family::kIp, line + "\n"), "rules.cfg:1: " + reason);
    }
}

TEST(IpAddresses, AreThoseOfInetPton) {
    std::mt19937 random(7);
    const auto below = [&](size_t n) { return random() % n; };
    constexpr std::string_view kBytes = "0123456789.. x";
    unsigned valid = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string text;
        for (int part = 0; part < 4; ++part)
            text += (part == 0 ? "" : ".") + std::to_string(below(280) >> below(8));
        if (below(2) == 0) text[below(text.size())] = kBytes[below(kBytes.size())];
        if (below(8) == 0) text.resize(below(text.size() + 1));
        std::array<uint8_t, 4> bytes;
        const bool expected = inet_pton(AF_INET, text.c_str(), bytes.data()) == 1;
        const std::optional<IpNetwork> parsed = parse_ip_rule(text);
        ASSERT_EQ(parsed.has_value(), expected) << text;
        if (!parsed) continue;
        ++valid;
        EXPECT_TRUE(std::ranges::equal(IpAddress::v6(parsed->address).bytes4(), bytes)) << text;
        EXPECT_TRUE(parsed->is_v4() && parsed->length == 128) << text;
    }
    EXPECT_GT(valid, 50'000U);
    EXPECT_LT(valid, 150'000U);
}

TEST_F(IpRulesTest, GiveTheKernelWhatItsMapsHold) {
    load("192.0.2.9\n192.0.2.1\n10.1.0.0/16\n2001:db8::1\n2001:db8:1::/48\n2400::/12\n");
    const KernelIpImage image = rules().kernel_image();
    EXPECT_EQ(std::vector(image.v4_exact_be.begin(), image.v4_exact_be.end()),
              (std::vector<uint32_t>{inet_addr("192.0.2.1"), inet_addr("192.0.2.9")}));
    ASSERT_EQ(image.v4_nets.size(), 1U);
    EXPECT_EQ(image.v4_nets[0].prefix_len, 16U);
    EXPECT_EQ(std::to_array(image.v4_nets[0].addr_be), (std::array<uint8_t, 4>{10, 1, 0, 0}));
    ASSERT_EQ(image.v6_exact_be.size(), 1U);
    EXPECT_EQ(image.v6_exact_be[0][15], 1);
    ASSERT_EQ(image.v6_nets.size(), 2U);
    EXPECT_EQ(image.v6_nets[0].prefix_len, 48U);
    EXPECT_EQ(image.v6_nets[0].addr_be[5], 1);
    EXPECT_EQ(image.v6_nets[1].prefix_len, 12U);
    EXPECT_EQ(image.v4_bits.size(), static_cast<size_t>(PEEK_BITMAP_WORDS));
    EXPECT_EQ(image.ip_parts, static_cast<uint32_t>(PEEK_IP_V4_EXACT | PEEK_IP_V4_NETS |
                                                    PEEK_IP_V6_EXACT | PEEK_IP_V6_NETS));
    EXPECT_EQ(image.v6_stages, static_cast<uint32_t>(PEEK_V6_STAGE_48 | PEEK_V6_STAGE_24));
}

TEST_F(IpRulesTest, NameOnlyTheStagesAndPartsThatAreUsed) {
    struct Row {
        std::string file;
        uint32_t parts;
        uint32_t stages;
    };
    for (const auto& [file, parts, stages] : std::vector<Row>{
             {"192.0.2.1", PEEK_IP_V4_EXACT, 0},
             {"192.0.2.0/24", PEEK_IP_V4_NETS, 0},
             {"2001:db8::1", PEEK_IP_V6_EXACT, PEEK_V6_STAGE_48},
             {"2001:db8::/48", PEEK_IP_V6_NETS, PEEK_V6_STAGE_48},
             {"2001:db8::/47", PEEK_IP_V6_NETS, PEEK_V6_STAGE_32},
             {"2001:db8::/32", PEEK_IP_V6_NETS, PEEK_V6_STAGE_32},
             {"2001:d00::/31", PEEK_IP_V6_NETS, PEEK_V6_STAGE_24},
             {"2000::/8", PEEK_IP_V6_NETS, PEEK_V6_STAGE_24},
             {"2000::/7", PEEK_IP_V6_NETS, PEEK_V6_STAGE_ALL},
         }) {
        load(file);
        EXPECT_EQ(rules().kernel_image().ip_parts, parts) << file;
        EXPECT_EQ(rules().kernel_image().v6_stages, stages) << file;
    }
}

uint64_t set_bits(std::span<const uint64_t> words) {
    uint64_t count = 0;
    for (const uint64_t word : words) count += static_cast<uint64_t>(__builtin_popcountll(word));
    return count;
}

TEST_F(IpRulesTest, SetOneBitForEachSlash24TheyTouch) {
    struct Row {
        std::string file;
        uint64_t bits;
    };
    for (const auto& [file, bits] : std::vector<Row>{{"192.0.2.1\n192.0.2.200\n", 1},
                                                     {"192.0.2.128/25", 1},
                                                     {"192.0.2.0/24", 1},
                                                     {"192.0.2.0/23", 2},
                                                     {"10.0.0.0/8", 65'536},
                                                     {"255.0.0.0/8", 65'536},
                                                     {"0.0.0.0/0", 1 << 24},
                                                     {"2001:db8::1", 0}}) {
        load(file);
        EXPECT_EQ(set_bits(rules().kernel_image().v4_bits), bits) << file;
    }
}

}  // namespace
}  // namespace peek
