// SPDX-License-Identifier: BSD-2-Clause
#include "sink/text_format.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::at_second;
using test::RecordBuilder;

TEST(TextFormat, AnAddressOverIpv4) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kIp)
                              .from("10.0.0.1", 40000)
                              .to("192.0.2.7", 80)
                              .tcp()
                              .rule("192.0.2.0/24")
                              .payload("GET / HTTP/1.1\r\n")),
              "ILLEGAL_IP 2016-10-30T22:01:02.123456+0000 10.0.0.1:40000 192.0.2.7:80 "
              "192.0.2.0/24 GET\\x20/\\x20HTTP/1.1\\x0d\\x0a");
}

TEST(TextFormat, ADomainOverIpv6) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kDomain)
                              .from("2001:db8::1", 40000)
                              .to("2001:db8::53", 53)
                              .rule("evil.example")
                              .dns("www.evil.example", 28)),
              "ILLEGAL_DOMAIN 2016-10-30T22:01:02.123456+0000 [2001:db8::1]:40000 "
              "[2001:db8::53]:53 evil.example www.evil.example");
}

TEST(TextFormat, AUrl) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kUrl)
                              .from("10.0.0.1", 40000)
                              .to("192.0.2.7", 8081)
                              .tcp()
                              .rule("/mal ware\\x20")
                              .http("GET", "evil.example", "/malware?q=\"1\"")),
              "ILLEGAL_URL 2016-10-30T22:01:02.123456+0000 10.0.0.1:40000 192.0.2.7:8081 "
              "/mal\\x20ware\\x5cx20 http://evil.example/malware?q=\"1\"");
}

TEST(TextFormat, ASignatureWithHostileBytes) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kSignature)
                              .from("10.0.0.1", 40000)
                              .to("192.0.2.7", 80)
                              .rule("\xd0\x96")
                              .payload(std::string("\0\x1b[2J\xff\n~", 8))),
              "ILLEGAL_SIGNATURE 2016-10-30T22:01:02.123456+0000 10.0.0.1:40000 192.0.2.7:80 "
              "\\xd0\\x96 \\x00\\x1b[2J\\xff\\x0a~");
}

TEST(TextFormat, AScan) {
    ScanFacts facts;
    facts.ports = {{22, 22}, {80, 90}};
    EXPECT_EQ(format_text(RecordBuilder(Family::kScan)
                              .from("10.0.0.1", 40000)
                              .to("192.0.2.7", 90)
                              .tcp()
                              .scan(facts)),
              "PORT_SCAN 2016-10-30T22:01:02.123456+0000 10.0.0.1:40000 192.0.2.7:90 "
              "ports>=20/60s 22,80-90");
}

TEST(TextFormat, AddressesStandBareWithoutPorts) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kIp)
                              .from("2001:db8::1")
                              .to("2001:db8::2")
                              .icmp(58, 128, 0)
                              .rule("2001:db8::2")),
              "ILLEGAL_IP 2016-10-30T22:01:02.123456+0000 2001:db8::1 2001:db8::2 "
              "2001:db8::2 -");
}

TEST(TextFormat, PortZeroIsAPort) {
    EXPECT_EQ(
        format_text(
            RecordBuilder(Family::kIp).from("10.0.0.1", 0).to("10.0.0.2", 0).rule("10.0.0.2")),
        "ILLEGAL_IP 2016-10-30T22:01:02.123456+0000 10.0.0.1:0 10.0.0.2:0 10.0.0.2 -");
}

TEST(TextFormat, EmptyFieldsAreADash) {
    EXPECT_EQ(format_text(RecordBuilder(Family::kIp).from("10.0.0.1").to("10.0.0.2")),
              "ILLEGAL_IP 2016-10-30T22:01:02.123456+0000 10.0.0.1 10.0.0.2 - -");
}

TEST(TextFormat, EveryLineHasSixFieldsWhateverThePayload) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string payload(2, static_cast<char>(byte));
        const std::string line = format_text(RecordBuilder(Family::kSignature)
                                                 .from("10.0.0.1")
                                                 .to("10.0.0.2")
                                                 .rule(payload)
                                                 .payload(payload));
        EXPECT_EQ(std::count(line.begin(), line.end(), ' '), 5) << byte;
        EXPECT_EQ(line.find('\n'), std::string::npos) << byte;
    }
}

}  // namespace
}  // namespace peek
