// SPDX-License-Identifier: BSD-2-Clause
#include "stream_fixture.h"

namespace peek::test {
namespace {

class DnsStreamTest : public StreamTest {
  protected:
    DnsStreamTest() { segment_.dns = true; }
};

std::string framed(const std::string& message) {
    return std::string{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} +
           message;
}

const std::string kLong(600, 'L');

TEST_F(DnsStreamTest, SeveralMessagesInASegmentAndOneOverManyAreGivenOnce) {
    const std::string text = framed("first") + framed(kLong) + framed("last");
    const Texts expected{"first", kLong, "last"};
    EXPECT_EQ(see_all(1, {text}), expected);
    for (const Texts& texts : every_split(text)) {
        next_flow();
        ASSERT_EQ(see_all(1, texts), expected) << texts[0].size();
    }
    next_flow();
    EXPECT_EQ(see_all(0xffffff00, single_bytes(text)), expected);
    EXPECT_EQ(dns_events_.size(), 0U);
}

TEST_F(DnsStreamTest, AStreamPickedUpWithinAMessageIsSetRight) {
    EXPECT_EQ(see(0, "rest of a message"), Texts{});
    EXPECT_EQ(see(17, framed("first")), Texts{"first"});
    EXPECT_EQ(see(24, framed("second").substr(0, 4)), Texts{});
    EXPECT_EQ(see(28, framed("second").substr(4)), Texts{"second"});
}

TEST_F(DnsStreamTest, ALengthThatLiesHidesNothing) {
    EXPECT_EQ(see(0, std::string("\xff\xff", 2) + "x"), Texts{});
    for (uint32_t seq = 3; seq < 700; seq += 7)
        EXPECT_EQ(see(seq, framed("inner")), Texts{"inner"});
}

// In segments of a few bytes, behind some that the receiver does not take: a query, and an update
// with a prerequisite, which is counted where answers are.
TEST_F(DnsStreamTest, AQueryIsNotGivenUpForWhatIsNone) {
    for (const std::string& header :
         {std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12),
          std::string("\x12\x34\x28\x00\x00\x01\x00\x01\x00\x01\x00\x00", 12)}) {
        next_flow();
        const std::string query = framed(header +
                                         "\x07"
                                         "malware"
                                         "\x04"
                                         "test" +
                                         std::string("\x00\x00\x01\x00\x01", 5));
        see(0, std::string(100, '\xff'));
        see(100, query.substr(0, 4));
        see(104, query.substr(4, 12));
        for (uint32_t at = 16; at + 3 < query.size(); at += 3) see(100 + at, query.substr(at, 3));
        const auto last = static_cast<uint32_t>((query.size() - 16 - 1) / 3 * 3 + 16);
        EXPECT_EQ(see(100 + last, query.substr(last)), Texts{query.substr(2)});
        EXPECT_EQ(dns_events_, std::vector<DnsEvent>{});
    }
}

TEST_F(DnsStreamTest, AMessageThatIsGivenUpIsCounted) {
    const std::string query("\x02\x00\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 14);
    see(0, std::string(100, '\xff'));
    uint32_t seq = 100;
    for (uint32_t i = 1; i < DnsStream::kMaxReadings; ++i) {
        see(seq, query + std::string(i, '\0'));
        seq += 14 + i;
    }
    EXPECT_EQ(dns_events_, std::vector<DnsEvent>{});
    see(seq, query);
    EXPECT_EQ(dns_events_, std::vector<DnsEvent>{DnsEvent::kMessageGivenUp});
}

TEST_F(DnsStreamTest, AnIncompleteMessageIsCountedAtTheEnd) {
    see(0, framed(kLong).substr(0, 100));
    streams_.finish(*this);
    EXPECT_EQ(dns_events_, std::vector<DnsEvent>{DnsEvent::kMessageIncomplete});
}

TEST_F(DnsStreamTest, MemoryIsBounded) {
    for (uint32_t seq = 0; seq < 1'000'000; seq += 1000) {
        see(seq, std::string(1000, '\xff'));
        ASSERT_LT(streams_.bytes(), (DnsStream::kMaxReadings + 1) * 2 * 65'537);
    }
}

}  // namespace
}  // namespace peek::test
