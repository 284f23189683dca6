// SPDX-License-Identifier: BSD-2-Clause
#include "sink/summary_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::RecordBuilder;

Summary two_groups() {
    Summary summary({SummaryKey::kRule, SummaryKey::kDport});
    const auto add = [&](const std::string& rule, bool ports) {
        RecordBuilder record(Family::kSignature);
        record.from("10.0.0.1").to("192.0.2.7").rule(rule);
        if (ports) record.to("192.0.2.7", 80);
        Record built = record;
        built.packet.wire_len = 60;
        summary.add(built);
    };
    add("=cmd|' /C calc'!A0,\"x\"", true);
    add("=cmd|' /C calc'!A0,\"x\"", true);
    add("\xc3\xa4\x1b[31m", false);
    return summary;
}

std::string formatted(SummaryFormat format, size_t top = 0) {
    return format_summary(two_groups(), {.format = format, .order = {}, .top = top});
}

TEST(SummaryFormatTest, TableShowsGroupsAndTotal) {
    EXPECT_EQ(formatted(SummaryFormat::kTable),
              "rule                    dport  count  bytes  first                 last\n"
              "=cmd|' /C calc'!A0,\"x\"     80      2    120  2016-10-30T22:01:02Z  "
              "2016-10-30T22:01:02Z\n"
              "\\xc3\\xa4\\x1b[31m            -      1     60  2016-10-30T22:01:02Z  "
              "2016-10-30T22:01:02Z\n"
              "total: 2 groups, 3 records, 180 bytes\n");
}

TEST(SummaryFormatTest, TableTellsWhatItLeftOut) {
    const std::string table = formatted(SummaryFormat::kTable, 1);
    EXPECT_NE(table.find("left out: 1 group, 1 record, 60 bytes\n"
                         "total: 2 groups, 3 records, 180 bytes\n"),
              std::string::npos)
        << table;
}

TEST(SummaryFormatTest, CsvIsRfc4180AndHoldsNoFormula) {
    EXPECT_EQ(formatted(SummaryFormat::kCsv),
              "rule,dport,count,bytes,first,last\r\n"
              "\"'=cmd|' /C calc'!A0,\"\"x\"\"\",80,2,120,2016-10-30T22:01:02.123456+0000,"
              "2016-10-30T22:01:02.123456+0000\r\n"
              "\xc3\xa4\\x1b[31m,,1,60,2016-10-30T22:01:02.123456+0000,"
              "2016-10-30T22:01:02.123456+0000\r\n");
}

TEST(SummaryFormatTest, CsvCells) {
    EXPECT_EQ(csv_cell("plain"), "plain");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(csv_cell("a\nb"), "\"a\nb\"");
    for (const char* formula : {"=1", "+1", "-1", "@x", "\tx"})
        EXPECT_EQ(csv_cell(formula), "'" + std::string(formula));
    EXPECT_EQ(csv_cell("\rx"), "\"'\rx\"");
    EXPECT_EQ(csv_cell(""), "");
}

TEST(SummaryFormatTest, JsonIsAGroupALine) {
    EXPECT_EQ(
        formatted(SummaryFormat::kJson),
        R"({"peek_summary":1,"complete":true,"group_by":["rule","dport"],)"
        R"("total":{"count":3,"bytes":180,"first":"2016-10-30T22:01:02.123456+0000",)"
        R"("last":"2016-10-30T22:01:02.123456+0000"},"groups":[)"
        "\n"
        R"({"rule":"=cmd|' /C calc'!A0,\"x\"","dport":80,"count":2,"bytes":120,)"
        R"("first":"2016-10-30T22:01:02.123456+0000","last":"2016-10-30T22:01:02.123456+0000"},)"
        "\n"
        "{\"rule\":\"\xc3\xa4\\\\x1b[31m\",\"dport\":null,\"count\":1,\"bytes\":60,"
        R"("first":"2016-10-30T22:01:02.123456+0000","last":"2016-10-30T22:01:02.123456+0000"})"
        "\n]}\n");
}

TEST(SummaryFormatTest, JsonTellsWhatItLeftOut) {
    const auto json = nlohmann::json::parse(formatted(SummaryFormat::kJson, 1));
    EXPECT_EQ(json["groups"].size(), 1U);
    EXPECT_EQ(json["left_out"]["groups"], 1);
    EXPECT_EQ(json["left_out"]["count"], 1);
    EXPECT_EQ(json["total"]["count"], 3);
}

TEST(SummaryFormatTest, NothingFoundIsStillASummary) {
    const Summary none({SummaryKey::kType});
    const auto json = nlohmann::json::parse(format_summary(none, {SummaryFormat::kJson, {}, 0}));
    EXPECT_EQ(json["total"]["count"], 0);
    EXPECT_TRUE(json["groups"].empty());
    EXPECT_EQ(format_summary(none, {}), "total: 0 groups, 0 records, 0 bytes\n");
}

}  // namespace
}  // namespace peek
