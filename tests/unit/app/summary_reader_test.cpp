// SPDX-License-Identifier: BSD-2-Clause
// Several runs merge to what one run over everything would have said, or not at all.
#include "app/summary_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "sink/summary_format.h"
#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::RecordBuilder;

std::string json_of(const Summary& summary, size_t top = 0) {
    return format_summary(summary, {.format = SummaryFormat::kJson, .order = {}, .top = top});
}

const std::vector<SummaryKey>& all_keys() {
    static const std::vector<SummaryKey> kKeys = [] {
        std::vector<SummaryKey> keys;
        for (size_t i = 0; i < kSummaryKeyNames.size(); ++i)
            keys.push_back(static_cast<SummaryKey>(i));
        return keys;
    }();
    return kKeys;
}

Record any_record(std::mt19937& random) {
    RecordBuilder builder(kAllFamilies[random() % kFamilyCount]);
    builder.from("10.0.0." + std::to_string(random() % 3))
        .to("2001:db8::" + std::to_string(random() % 3));
    if (random() % 2 != 0) builder.from("10.0.0.9", static_cast<uint16_t>(random() % 2)).tcp();
    if (random() % 3 == 0) builder.vlan(static_cast<uint16_t>(random() % 4096));
    builder.rule(std::string(1 + random() % 2, static_cast<char>(random() % 256)));
    builder.at(at_second(static_cast<int64_t>(random() % 1000)) + Nanoseconds(random() % 2000));
    Record record = builder;
    record.packet.wire_len = static_cast<uint32_t>(random() % 1500);
    return record;
}

TEST(SummaryReaderTest, PartsMergeToTheWhole) {
    std::mt19937 random(5);
    for (const auto& keys : {all_keys(), std::vector{SummaryKey::kRule}}) {
        Summary whole(keys);
        std::vector<Summary> parts(3, Summary(keys));
        for (int i = 0; i < 2000; ++i) {
            const Record record = any_record(random);
            whole.add(record);
            parts[random() % parts.size()].add(record);
        }
        std::optional<Summary> sum;
        for (const Summary& part : parts) {
            const auto merged = merge_summary_text("part", json_of(part), sum);
            ASSERT_TRUE(merged) << merged.error().text;
        }
        for (const char* order : {"count", "first", "last:desc", "bytes"}) {
            SummaryLook look{SummaryFormat::kJson, *summary_order_of(order), 0};
            EXPECT_EQ(format_summary(*sum, look), format_summary(whole, look)) << order;
        }
    }
}

TEST(SummaryReaderTest, TotalsStayExactBeyondTheBoundOnGroups) {
    std::mt19937 random(6);
    Summary whole({SummaryKey::kRule});
    std::vector<Summary> parts(2, Summary({SummaryKey::kRule}, 10));
    for (int i = 0; i < 500; ++i) {
        const Record record = any_record(random);
        whole.add(record);
        parts[random() % 2].add(record);
    }
    std::optional<Summary> sum;
    for (const Summary& part : parts) ASSERT_TRUE(merge_summary_text("part", json_of(part), sum));
    EXPECT_NE(sum->other().count, 0U);
    EXPECT_EQ(sum->total(), whole.total());
}

TEST(SummaryReaderTest, OneIncompletePartMakesAnIncompleteWhole) {
    std::optional<Summary> sum;
    Summary part({SummaryKey::kType});
    ASSERT_TRUE(merge_summary_text("a", json_of(part), sum));
    EXPECT_TRUE(sum->complete());
    part.set_incomplete();
    ASSERT_TRUE(merge_summary_text("b", json_of(part), sum));
    EXPECT_FALSE(sum->complete());
}

class BadSummaryTest : public testing::Test {
  protected:
    static constexpr std::string_view kGood =
        R"({"peek_summary":1,"complete":true,"group_by":["src","dport"],)"
        R"("total":{"count":3,"bytes":9,"first":"2016-10-30T22:01:02.000000+0000",)"
        R"("last":"2016-10-30T22:01:03.000000+0000"},"groups":[)"
        "\n"
        R"({"src":"10.0.0.1","dport":80,"count":1,"bytes":4,)"
        R"("first":"2016-10-30T22:01:02.000000+0000","last":"2016-10-30T22:01:02.000000+0000"},)"
        "\n"
        R"({"src":"10.0.0.2","dport":null,"count":2,"bytes":5,)"
        R"("first":"2016-10-30T22:01:03.000000+0000","last":"2016-10-30T22:01:03.000000+0000"})"
        "\n]}\n";

    static std::string changed(const std::string& from, const std::string& to) {
        std::string text(kGood);
        const size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    }
    static std::string error_of(const std::string& text) {
        std::optional<Summary> sum;
        const auto merged = merge_summary_text("f", text, sum);
        EXPECT_FALSE(sum);
        return merged ? "none" : merged.error().text;
    }
    static void expect(const std::string& start, const std::string& text) {
        const std::string error = error_of(text);
        EXPECT_EQ(error.substr(0, start.size()), start) << error;
    }
};

TEST_F(BadSummaryTest, TheGoodOneIsGood) {
    std::optional<Summary> sum;
    const auto merged = merge_summary_text("f", std::string(kGood), sum);
    ASSERT_TRUE(merged) << merged.error().text;
    EXPECT_EQ(sum->total().count, 3U);
}

TEST_F(BadSummaryTest, ErrorsNameFileAndLine) {
    expect("f:1: empty", "");
    expect("f:1: not a summary", "[]");
    expect("f:1: a summary of another version", changed("y\":1", "y\":2"));
    expect("f:1: \"x\" is not known", changed("\"complete\"", "\"x\":1,\"complete\""));
    expect("f:1: \"count\" is missing", changed("{\"count\":3,", "{"));
    expect("f:1: \"size\" in \"group_by\"", changed("\"dport\"]", "\"size\"]"));
    expect("f:1: \"src\" in \"group_by\"", changed("\"dport\"]", "\"src\"]"));
    expect("f:1: \"total\" is not the sum", changed("\"count\":3", "\"count\":4"));
    expect("f:2: \"10.0.0.256\" is no src", changed("10.0.0.1", "10.0.0.256"));
    expect("f:2: \"80\" is no dport", changed("80", "\"80\""));
    expect("f:2: 65536 is no dport", changed("80", "65536"));
    expect("f:2: \"dport\" is missing", changed("\"dport\":80,", ""));
    expect("f:2: \"bytes\" is no number: -4", changed("\"bytes\":4", "\"bytes\":-4"));
    expect("f:2: \"first\" is no time", changed("02.000000+0000\",\"last\":\"2016-10-30T22:01:02",
                                                "72.000000+0000\",\"last\":\"2016-10-30T22:01:02"));
    expect("f:3: the same group",
           changed("\"10.0.0.2\",\"dport\":null", "\"10.0.0.1\",\"dport\":80"));
    expect("f:3: \"count\" stands twice", changed("\"count\":2", "\"count\":2,\"count\":2"));
    expect("f:3: not valid JSON", changed("null", "nul"));
    expect("f:1: groups were left out by --top",
           changed("\"groups\":", "\"left_out\":{},\"groups\":"));
}

TEST_F(BadSummaryTest, EveryTruncationIsRefused) {
    for (size_t length = 0; length + 2 < kGood.size(); ++length)
        EXPECT_NE(error_of(std::string(kGood.substr(0, length))), "none") << length;
}

TEST_F(BadSummaryTest, WhatIsCutOffByTopIsRefused) {
    std::mt19937 random(7);
    Summary summary({SummaryKey::kSrc});
    for (int i = 0; i < 20; ++i) summary.add(any_record(random));
    expect("f:1: groups were left out by --top", json_of(summary, 1));
}

TEST_F(BadSummaryTest, OtherGroupingsLeaveTheSumAsItWas) {
    std::optional<Summary> sum;
    ASSERT_TRUE(merge_summary_text("a", std::string(kGood), sum));
    const auto merged = merge_summary_text("b", json_of(Summary({SummaryKey::kSrc})), sum);
    ASSERT_FALSE(merged);
    EXPECT_EQ(merged.error().text,
              "b:1: grouped by src, those before by src,dport: they do not merge");
    EXPECT_EQ(sum->total().count, 3U);
}

}  // namespace
}  // namespace peek
