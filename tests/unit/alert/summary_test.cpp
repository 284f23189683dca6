// SPDX-License-Identifier: BSD-2-Clause
#include "alert/summary.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::RecordBuilder;
using Lines = std::vector<std::string>;

Record sized(Record record, uint32_t bytes) {
    record.packet.wire_len = bytes;
    return record;
}

Record seen(const std::string& src, uint16_t port, uint32_t bytes = 100) {
    return sized(RecordBuilder(Family::kIp).from(src, port).to("192.0.2.7", 80), bytes);
}

// "VALUE/VALUE COUNT BYTES" a group.
Lines lines(const Summary& summary, std::string_view order = "count") {
    Lines all;
    for (const Summary::Group& group : summary.sorted(*summary_order_of(order)))
        all.push_back(fmt::format("{} {} {}", fmt::join(group.values, "/"), group.totals.count,
                                  group.totals.bytes));
    return all;
}

TEST(SummaryTest, CountsRecordsAndBytesOfEachGroupMostFirst) {
    Summary summary({SummaryKey::kType, SummaryKey::kSrc});
    summary.add(seen("10.0.0.9", 1, 60));
    summary.add(seen("10.0.0.10", 2, 100));
    summary.add(seen("10.0.0.10", 3, 1500));
    EXPECT_EQ(lines(summary), (Lines{"ILLEGAL_IP/10.0.0.10 2 1600", "ILLEGAL_IP/10.0.0.9 1 60"}));
    EXPECT_EQ(summary.total().count, 3U);
    EXPECT_EQ(summary.total().bytes, 1660U);
}

TEST(SummaryTest, EveryKeyHasAValue) {
    Record record = RecordBuilder(Family::kUrl)
                        .from("2001:db8::1", 4711)
                        .to("10.0.0.1", 80)
                        .tcp()
                        .vlan(7)
                        .vlan(9)
                        .rule("bad\x01\xff/\xc3\xa4")
                        .in_file("a.pcap", 3);
    const std::vector<std::pair<SummaryKey, std::string>> kExpected{
        {SummaryKey::kType, "ILLEGAL_URL"},
        {SummaryKey::kSrc, "2001:db8::1"},
        {SummaryKey::kDst, "10.0.0.1"},
        {SummaryKey::kSport, "4711"},
        {SummaryKey::kDport, "80"},
        {SummaryKey::kProto, "TCP"},
        {SummaryKey::kRule, "bad\\x01\\xff/\xc3\xa4"},
        {SummaryKey::kDirection, "inbound"},
        {SummaryKey::kVlan, "7"},
        {SummaryKey::kFile, "a.pcap"},
        {SummaryKey::kMinute, "2016-10-30T22:01"},
        {SummaryKey::kHour, "2016-10-30T22"},
        {SummaryKey::kDay, "2016-10-30"}};
    ASSERT_EQ(kExpected.size(), kSummaryKeyNames.size());
    for (const auto& [key, value] : kExpected) {
        EXPECT_EQ(summary_value(key, record), value) << summary_key_name(key);
        EXPECT_TRUE(is_summary_value(key, value)) << summary_key_name(key);
        EXPECT_EQ(summary_key_of(summary_key_name(key)), key);
    }
}

TEST(SummaryTest, WhatARecordHasNotIsEmpty) {
    const Record record = RecordBuilder(Family::kIp).from("10.0.0.1").to("10.0.0.2");
    for (const SummaryKey key : {SummaryKey::kSport, SummaryKey::kDport, SummaryKey::kVlan})
        EXPECT_EQ(summary_value(key, record), "") << summary_key_name(key);
}

TEST(SummaryTest, DirectionIsToldByPrivateAddresses) {
    const auto direction = [](const std::string& src, const std::string& dst) {
        return summary_value(SummaryKey::kDirection, RecordBuilder(Family::kIp).from(src).to(dst));
    };
    EXPECT_EQ(direction("192.168.1.2", "198.51.100.1"), "outbound");
    EXPECT_EQ(direction("198.51.100.1", "172.31.255.255"), "inbound");
    EXPECT_EQ(direction("198.51.100.1", "172.32.0.0"), "external");
    EXPECT_EQ(direction("10.1.2.3", "224.0.0.251"), "internal");
    EXPECT_EQ(direction("fd00::1", "2001:db8::1"), "outbound");
    EXPECT_EQ(direction("febf::1", "ff02::fb"), "internal");
    EXPECT_EQ(direction("fec0::1", "::1"), "inbound");
    EXPECT_EQ(direction("::ffff:10.0.0.1", "100.127.255.255"), "internal");
}

TEST(SummaryTest, SortsAddressesAndNumbersByTheirValue) {
    Summary summary({SummaryKey::kSrc, SummaryKey::kSport});
    for (const uint16_t port : {uint16_t{1000}, uint16_t{80}, uint16_t{9}})
        summary.add(seen("10.0.0.9", port));
    summary.add(seen("10.0.0.10", 443));
    EXPECT_EQ(lines(summary, "sport"), (Lines{"10.0.0.9/9 1 100", "10.0.0.9/80 1 100",
                                              "10.0.0.10/443 1 100", "10.0.0.9/1000 1 100"}));
    EXPECT_EQ(lines(summary, "src:desc").front(), "10.0.0.10/443 1 100");
    EXPECT_EQ(lines(summary, "count").front(), "10.0.0.9/9 1 100") << "equal: by their values";
    EXPECT_EQ(lines(summary, "count:asc").front(), "10.0.0.9/9 1 100");
}

TEST(SummaryTest, SortsByTimes) {
    Summary summary({SummaryKey::kSrc});
    const auto at = [](const std::string& src, int64_t second) {
        return RecordBuilder(Family::kIp).from(src).to("192.0.2.7").at(at_second(second));
    };
    summary.add(at("10.0.0.1", 5));
    summary.add(at("10.0.0.1", 1));
    summary.add(at("10.0.0.2", 3));
    EXPECT_EQ(lines(summary, "first").front(), "10.0.0.1 2 0");
    EXPECT_EQ(lines(summary, "last").front(), "10.0.0.2 1 0");
    EXPECT_EQ(lines(summary, "last:desc").front(), "10.0.0.1 2 0");
    EXPECT_EQ(format_timestamp(summary.total().first), "2016-10-30T22:01:03.123456+0000");
}

TEST(SummaryTest, RefusesWhatItCannotSortBy) {
    for (const char* text : {"", "size", "count:up", "count:", ":asc", "src:asc:desc"})
        EXPECT_FALSE(summary_order_of(text)) << text;
}

TEST(SummaryTest, RecordsBeyondTheBoundOnGroupsAreCountedTogether) {
    Summary summary({SummaryKey::kSrc}, 2);
    for (const char* src : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.4"})
        summary.add(seen(src, 1));
    EXPECT_EQ(lines(summary), (Lines{"10.0.0.1 2 200", "10.0.0.2 1 100"}));
    EXPECT_EQ(summary.other().count, 2U);
    EXPECT_EQ(summary.total().count, 5U);
}

TEST(SummaryTest, ASumBeyond64BitsIsRefused) {
    Summary summary({SummaryKey::kSrc});
    EXPECT_TRUE(summary.add({"10.0.0.1"}, {1, UINT64_MAX, at_second(0), at_second(0)}));
    EXPECT_FALSE(summary.add({"10.0.0.2"}, {1, 1, at_second(0), at_second(0)}));
}

TEST(SummaryTest, KnowsWhatNoRecordCanHold) {
    for (const char* value : {"10.0.0.01", "10.0.0", "x", "2001:DB8::1"})
        EXPECT_FALSE(is_summary_value(SummaryKey::kSrc, value)) << value;
    for (const char* value : {"65536", "-1", "080", "8 0", "x"})
        EXPECT_FALSE(is_summary_value(SummaryKey::kSport, value)) << value;
    for (const char* value : {"2016-10-30T22", "2016-10-30T22:0x", "2016-10-30 22:01"})
        EXPECT_FALSE(is_summary_value(SummaryKey::kMinute, value)) << value;
    EXPECT_FALSE(is_summary_value(SummaryKey::kType, "ILLEGAL"));
    EXPECT_FALSE(is_summary_value(SummaryKey::kDirection, "up"));
    EXPECT_FALSE(is_summary_value(SummaryKey::kRule, "\x1b[31m"));
}

}  // namespace
}  // namespace peek
