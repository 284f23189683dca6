// SPDX-License-Identifier: BSD-2-Clause
#include "alert/record.h"

#include <gtest/gtest.h>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::ip;
using test::RecordBuilder;

// Knows two interfaces when live and a path when a file.
class NamedSource final : public PacketSource {
  public:
    explicit NamedSource(std::string file = {}) : file_(std::move(file)) {}
    Batch next() override { return {}; }
    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return 0; }
    std::string_view interface_name(uint32_t index) const override {
        if (!file_.empty()) return {};
        return index == 0 ? "eth0" : "eth1";
    }
    std::string_view file_name(uint32_t) const override { return file_; }

  private:
    std::string file_;
    std::optional<Error> error_;
};

RuleSets compiled(Family family, const std::string& file, const std::string& bytes) {
    RuleSets sets;
    CompileReport report;
    const Result<void> result = compile_rules({rule_list(family), file, bytes}, sets, report);
    EXPECT_TRUE(result) << (result ? "" : result.error().text);
    return sets;
}

RuleSets addresses() {
    return compiled(Family::kIp, "ips.cfg", "# bad\n198.51.100.1\n203.0.113.0/24 ; lab\n");
}

Match match_of(Family family, RuleId rule) {
    Match match;
    match.family = family;
    match.rule = rule;
    match.distinct_rules = 1;
    match.packet.time = at_second(0);
    match.packet.src = ip("10.0.0.1");
    match.packet.dst = ip("203.0.113.9");
    match.packet.protocol = IPPROTO_TCP;
    match.packet.has_ports = true;
    match.packet.src_port = 1000;
    match.packet.dst_port = 80;
    return match;
}

TEST(MakeRecord, NamesTheRuleAsWrittenItsFileAndLine) {
    const Record record = make_record(match_of(Family::kIp, 1), addresses(), {});
    EXPECT_EQ(record.rule, "203.0.113.0/24");
    EXPECT_EQ(record.rule_file, "ips.cfg");
    EXPECT_EQ(record.rule_line, 3U);
    EXPECT_EQ(record.rule_id, 1U);
    EXPECT_EQ(record.matches, 1U);
}

TEST(MakeRecord, CopiesThePacketAndItsCommunityId) {
    const Match match = match_of(Family::kIp, 1);
    const Record record = make_record(match, addresses(), {});
    EXPECT_EQ(record.type, Family::kIp);
    EXPECT_EQ(record.packet.dst, match.packet.dst);
    EXPECT_EQ(record.packet.dst_port, 80);
    EXPECT_EQ(record.packet.time, at_second(0));
    EXPECT_EQ(record.community_id, community_id(match.packet));
}

TEST(MakeRecord, TellsWhichSideIsListed) {
    Match match = match_of(Family::kIp, 1);
    EXPECT_FALSE(make_record(match, addresses(), {}).from_listed);
    std::swap(match.packet.src, match.packet.dst);
    EXPECT_TRUE(make_record(match, addresses(), {}).from_listed);
    match.packet.dst = ip("203.0.113.10");
    EXPECT_FALSE(make_record(match, addresses(), {}).from_listed);
}

TEST(MakeRecord, ALiveRecordNamesItsInterfaceAndAFilesItsPath) {
    const NamedSource live;
    const NamedSource file("a.pcap");
    Match match = match_of(Family::kIp, 1);
    match.packet.interface = 1;
    EXPECT_EQ(make_record(match, addresses(), {"sensor", &live}).interface, "eth1");
    EXPECT_EQ(make_record(match, addresses(), {"sensor", &live}).file, "");
    EXPECT_EQ(make_record(match, addresses(), {"sensor", &file}).interface, "");
    EXPECT_EQ(make_record(match, addresses(), {"sensor", &file}).file, "a.pcap");
    EXPECT_EQ(make_record(match, addresses(), {"sensor", &file}).sensor, "sensor");
}

TEST(MakeRecord, ADomainsPayloadIsTheName) {
    Match match = match_of(Family::kDomain, 0);
    match.evidence = DnsFacts{"WWW.evil.example", 1};
    const auto rules = compiled(Family::kDomain, "domains.cfg", "evil.example\n");
    EXPECT_EQ(make_record(match, rules, {}).payload, "WWW.evil.example");
}

TEST(MakeRecord, AUrlsPayloadIsTheWholeUrl) {
    const auto rules = compiled(Family::kUrl, "urls.cfg", "/malware\n");
    Match match = match_of(Family::kUrl, 0);
    match.evidence = HttpFacts{"GET", "/malware?x=1", "Evil.example:8080", "HTTP/1.1"};
    EXPECT_EQ(make_record(match, rules, {}).payload, "http://Evil.example:8080/malware?x=1");
    match.evidence = HttpFacts{"OPTIONS", "*", "evil.example", "HTTP/1.1"};
    EXPECT_EQ(make_record(match, rules, {}).payload, "http://evil.example*");
    match.evidence = HttpFacts{"GET", "http://evil.example/malware", "proxy", "HTTP/1.1"};
    EXPECT_EQ(make_record(match, rules, {}).payload, "http://evil.example/malware");
    match.evidence = HttpFacts{"GET", "/malware", "", "HTTP/1.0"};
    EXPECT_EQ(make_record(match, rules, {}).payload, "/malware");
}

TEST(MakeRecord, OtherPayloadsAreTheExcerpt) {
    const auto rules = compiled(Family::kSignature, "sigs.cfg", "\\x00evil\n");
    Match match = match_of(Family::kSignature, 0);
    match.excerpt = std::string("a\0evil", 6);
    const Record record = make_record(match, rules, {});
    EXPECT_EQ(record.payload, std::string("a\0evil", 6));
    EXPECT_EQ(record.rule, "\\x00evil");
}

TEST(MakeRecord, AScansRuleIsWhatWasExceeded) {
    Match match = match_of(Family::kScan, kNoRule);
    ScanFacts facts;
    facts.rule = {20, std::chrono::seconds(60)};
    match.evidence = facts;
    const Record record = make_record(match, {}, {});
    EXPECT_EQ(record.rule, "ports>=20/60s");
    EXPECT_EQ(record.rule_file, "");
    EXPECT_EQ(record.rule_id, 0U);
}

TEST(Describe, SaysWhatHappenedForEachType) {
    EXPECT_EQ(describe(RecordBuilder(Family::kIp).rule("192.0.2.7")),
              "Traffic to blacklisted address 192.0.2.7");
    EXPECT_EQ(describe(RecordBuilder(Family::kIp).rule("2001:db8::/32").from_listed()),
              "Traffic from blacklisted network 2001:db8::/32");
    EXPECT_EQ(describe(RecordBuilder(Family::kDomain).rule("evil.example")),
              "DNS request for blacklisted domain evil.example");
    EXPECT_EQ(describe(RecordBuilder(Family::kUrl).rule("/malware")),
              "HTTP request for a URL with blacklisted string /malware");
    EXPECT_EQ(describe(RecordBuilder(Family::kSignature).rule("X5O!P")),
              "Payload with blacklisted signature X5O!P");
}

TEST(Describe, SaysHowAScanBeganAndEnded) {
    ScanFacts facts;
    facts.port_count = 1000;
    facts.rule = {20, std::chrono::milliseconds(1500)};
    EXPECT_EQ(describe(RecordBuilder(Family::kScan).scan(facts)),
              "Port scan: 20 or more ports within 1.5 s");
    facts.phase = ScanFacts::Phase::kEnd;
    EXPECT_EQ(describe(RecordBuilder(Family::kScan).scan(facts)),
              "Port scan ended: 1000 ports probed");
}

TEST(Describe, ShortensALongRule) {
    EXPECT_EQ(describe(RecordBuilder(Family::kUrl).rule(std::string(81, 'a'))),
              "HTTP request for a URL with blacklisted string " + std::string(80, 'a') + "...");
    EXPECT_EQ(describe(RecordBuilder(Family::kUrl).rule(std::string(80, 'a'))),
              "HTTP request for a URL with blacklisted string " + std::string(80, 'a'));
}

TEST(PortsText, ListsPortsAndRanges) {
    EXPECT_EQ(ports_text({}), "");
    EXPECT_EQ(ports_text({{22, 22}}), "22");
    EXPECT_EQ(ports_text({{0, 0}, {22, 22}, {80, 90}, {65535, 65535}}), "0,22,80-90,65535");
}

TEST(SecondsText, HasTheDecimalsItNeeds) {
    EXPECT_EQ(seconds_text(std::chrono::seconds(60)), "60");
    EXPECT_EQ(seconds_text(std::chrono::milliseconds(500)), "0.5");
    EXPECT_EQ(seconds_text(Nanoseconds(1'000'000'001)), "1.000000001");
    EXPECT_EQ(seconds_text(std::chrono::seconds(0)), "0");
}

}  // namespace
}  // namespace peek
