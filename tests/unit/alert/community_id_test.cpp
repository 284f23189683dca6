// SPDX-License-Identifier: BSD-2-Clause
// Expected values: the specification's baseline data and the tests of its reference
// implementation.
#include <gtest/gtest.h>

#include "support/record_builder.h"

namespace peek {
namespace {

using test::ip;

constexpr uint8_t kIcmp = 1;
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kRsvp = 46;
constexpr uint8_t kIcmpv6 = 58;
constexpr uint8_t kSctp = 132;

PacketFacts bare(uint8_t protocol, const char* src, const char* dst) {
    PacketFacts packet;
    packet.protocol = protocol;
    packet.src = ip(src);
    packet.dst = ip(dst);
    return packet;
}

PacketFacts flow(uint8_t protocol, const char* src, uint16_t sport, const char* dst,
                 uint16_t dport) {
    PacketFacts packet = bare(protocol, src, dst);
    packet.has_ports = true;
    packet.src_port = sport;
    packet.dst_port = dport;
    return packet;
}

PacketFacts icmp(uint8_t protocol, const char* src, const char* dst, uint8_t type, uint8_t code) {
    PacketFacts packet = bare(protocol, src, dst);
    packet.has_icmp = true;
    packet.icmp_type = type;
    packet.icmp_code = code;
    return packet;
}

TEST(CommunityId, TcpIsTheSameInBothDirections) {
    EXPECT_EQ(community_id(flow(kTcp, "128.232.110.120", 34855, "66.35.250.204", 80)),
              "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    EXPECT_EQ(community_id(flow(kTcp, "66.35.250.204", 80, "128.232.110.120", 34855)),
              "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
}

TEST(CommunityId, UdpIsTheSameInBothDirections) {
    EXPECT_EQ(community_id(flow(kUdp, "192.168.1.52", 54585, "8.8.8.8", 53)),
              "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    EXPECT_EQ(community_id(flow(kUdp, "8.8.8.8", 53, "192.168.1.52", 54585)),
              "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
}

TEST(CommunityId, SctpCountsItsPorts) {
    EXPECT_EQ(community_id(flow(kSctp, "192.168.170.8", 7, "192.168.170.56", 7)),
              "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=");
    EXPECT_EQ(community_id(flow(kSctp, "192.168.170.56", 80, "192.168.170.8", 7)),
              "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=");
}

TEST(CommunityId, Ipv6HashesSixteenByteAddresses) {
    EXPECT_EQ(community_id(flow(kTcp, "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943,
                                "2607:f8b0:400c:c03::1a", 25)),
              "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}

TEST(CommunityId, EqualAddressesAreOrderedByPort) {
    EXPECT_EQ(community_id(flow(kTcp, "192.168.1.42", 42, "192.168.1.42", 41)),
              "1:eRcf7I/xocOxnYo5pbJBV5NhVm0=");
    EXPECT_EQ(community_id(flow(kTcp, "192.168.1.42", 41, "192.168.1.42", 42)),
              "1:eRcf7I/xocOxnYo5pbJBV5NhVm0=");
}

TEST(CommunityId, IcmpRequestAndReplyAreOneFlow) {
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.89", "192.168.0.1", 8, 0)),
              "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.1", "192.168.0.89", 0, 0)),
              "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
}

TEST(CommunityId, CodeOfAPairedIcmpTypeIsIgnored) {
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.1", "192.168.0.89", 0, 20)),
              "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
}

TEST(CommunityId, OneWayIcmpHashesTypeAndCodeInThePacketsDirection) {
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.89", "192.168.0.1", 20, 0)),
              "1:3o2RFccXzUgjl7zDpqmY7yJi8rI=");
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.89", "192.168.0.1", 20, 1)),
              "1:tz/fHIDUHs19NkixVVoOZywde+I=");
    EXPECT_EQ(community_id(icmp(kIcmp, "10.0.0.1", "10.0.0.2", 11, 0)),
              "1:YHxtAirCG//0OzkcVAukqKQN9xM=");
}

TEST(CommunityId, Icmpv6PairsAreOneFlow) {
    const char* const a = "fe80::200:86ff:fe05:80da";
    const char* const b = "fe80::260:97ff:fe07:69ea";
    EXPECT_EQ(community_id(icmp(kIcmpv6, a, b, 135, 0)), "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, b, a, 136, 0)), "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, b, a, 135, 0)), "1:zavyT/cezQr1fmImYCwYnMXbgck=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, a, "ff02::2", 133, 0)), "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, b, "ff02::1", 134, 0)), "1:pkvHqCL88/tg1k4cPigmZXUtL00=");
    EXPECT_EQ(community_id(
                  icmp(kIcmpv6, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 0)),
              "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=");
}

TEST(CommunityId, EveryPairOfTypesIsOneFlow) {
    struct Pair {
        uint8_t request, reply;
    };
    for (const Pair pair : {Pair{8, 0}, {10, 9}, {13, 14}, {15, 16}, {17, 18}})
        EXPECT_EQ(community_id(icmp(kIcmp, "10.0.0.1", "10.0.0.2", pair.request, 0)),
                  community_id(icmp(kIcmp, "10.0.0.2", "10.0.0.1", pair.reply, 5)))
            << int{pair.request};
    for (const Pair pair :
         {Pair{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}})
        EXPECT_EQ(community_id(icmp(kIcmpv6, "fe80::1", "fe80::2", pair.request, 0)),
                  community_id(icmp(kIcmpv6, "fe80::2", "fe80::1", pair.reply, 5)))
            << int{pair.request};
}

TEST(CommunityId, OneWayIcmpv6KeepsItsDirection) {
    const char* const a = "3ffe:507:0:1:200:86ff:fe05:80da";
    EXPECT_EQ(community_id(icmp(kIcmpv6, "3ffe:501:1800:2345::2", a, 3, 0)),
              "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, "3ffe:501:410:0:2c0:dfff:fe47:33e", a, 1, 4)),
              "1:hLZd0XGWojozrvxqE0dWB1iM6R0=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, a, "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0)),
              "1:/OGBt9BN1ofenrmSPWYicpij2Vc=");
    EXPECT_EQ(community_id(icmp(kIcmpv6, "3ffe:507:0:1:260:97ff:fe07:69ea", a, 3, 0)),
              "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=");
}

TEST(CommunityId, OtherProtocolsHashAddressesAndProtocolAlone) {
    EXPECT_EQ(community_id(bare(kRsvp, "10.1.12.1", "10.1.12.2")),
              "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=");
    EXPECT_EQ(community_id(bare(kRsvp, "10.1.12.2", "10.1.12.1")),
              "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=");
}

TEST(CommunityId, SeedChangesTheHash) {
    EXPECT_EQ(community_id(flow(kTcp, "128.232.110.120", 34855, "66.35.250.204", 80), 1),
              "1:3V71V58M3Ksw/yuFALMcW0LAHvc=");
    EXPECT_EQ(community_id(icmp(kIcmp, "192.168.0.89", "192.168.0.1", 8, 0), 1),
              "1:03g6IloqVBdcZlPyX8r0hgoE7kA=");
    EXPECT_EQ(community_id(
                  icmp(kIcmpv6, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0), 1),
              "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=");
}

TEST(CommunityId, IsEmptyWhenTheTupleIsNotWhole) {
    EXPECT_EQ(community_id(bare(kTcp, "10.0.0.1", "10.0.0.2")), "");
    EXPECT_EQ(community_id(bare(kUdp, "10.0.0.1", "10.0.0.2")), "");
    EXPECT_EQ(community_id(bare(kSctp, "10.0.0.1", "10.0.0.2")), "");
    EXPECT_EQ(community_id(bare(kIcmp, "10.0.0.1", "10.0.0.2")), "");
    EXPECT_EQ(community_id(bare(kIcmpv6, "fe80::1", "fe80::2")), "");
}

}  // namespace
}  // namespace peek
