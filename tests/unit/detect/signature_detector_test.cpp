// SPDX-License-Identifier: BSD-2-Clause
#include "detect_fixture.h"

namespace peek::test {
namespace {

class SignatureDetectorTest : public DetectTest {};

Frame ip() {
    return eth().ipv4("10.0.0.1", "10.0.0.2");
}

TEST_F(SignatureDetectorTest, TcpAndUdpPayloadsAreSearchedOnAnyPort) {
    load(Family::kSignature, "malware\n");
    EXPECT_EQ(see(ip().tcp(1, 2).payload("some malware here")).size(), 1U);
    EXPECT_EQ(see(ip().udp(1, 2).payload("malware")).size(), 1U);
    EXPECT_EQ(see(ip().udp(1, 2).payload("malwar")).size(), 0U);
    EXPECT_EQ(see(ip().icmp().payload("malware")).size(), 0U);
    EXPECT_EQ(see(ip().sctp(1, 2).payload("malware")).size(), 0U);
}

TEST_F(SignatureDetectorTest, PaddingAndBytesPastTheUdpLengthAreNotPayload) {
    load(Family::kSignature, "malware\n");
    EXPECT_EQ(see(ip().tcp(1, 2).payload("malwa").trailer(1, 'r').trailer(1, 'e')).size(), 0U);
    EXPECT_EQ(see(ip().udp(1, 2).udp_length(8 + 6).payload("malware")).size(), 0U);
}

TEST_F(SignatureDetectorTest, AFirstFragmentsPayloadIsSearchedALaterOnesIsNot) {
    load(Family::kSignature, "malware\n");
    EXPECT_EQ(see(eth().ipv4("10.0.0.1", "10.0.0.2").fragment(0, true).udp(1, 2).payload("malware"))
                  .size(),
              1U);
    EXPECT_EQ(see(eth().ipv4("10.0.0.1", "10.0.0.2").fragment(9, false).payload("12345678malware"))
                  .size(),
              0U);
}

TEST_F(SignatureDetectorTest, FirstRuleInFileOrderNamesTheMatchAndEachRuleCountsOnce) {
    load(Family::kSignature, "absent\nsecond\nfirst\n\\x00\\xff\n");
    const std::vector<Match> matches =
        see(ip().tcp(1, 2).payload(std::string("first second first \0\xff", 21)));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "second");
    EXPECT_EQ(matches[0].distinct_rules, 3U);
}

TEST_F(SignatureDetectorTest, ExcerptIsThePayloadsFirst256Bytes) {
    load(Family::kSignature, "malware\n");
    const std::string payload = std::string(300, 'x') + "malware";
    EXPECT_EQ(see(ip().tcp(1, 2).payload(payload))[0].excerpt, std::string(256, 'x'));
}

}  // namespace
}  // namespace peek::test
