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
    for (uint32_t seq = 3; seq < 700; seq += 7) EXPECT_EQ(see(seq, framed("inner")), Texts{"inner"});
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
