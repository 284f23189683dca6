// SPDX-License-Identifier: BSD-2-Clause
#include <set>

#include "decoded.h"

namespace peek::test {
namespace {

constexpr size_t kBeforeTransport = 14 + 20;

Frame v4() {
    return eth().ipv4("10.0.0.1", "10.0.0.2");
}
Frame v6() {
    return eth().ipv6("2001:db8::1", "2001:db8::2");
}

TEST(Tcp, PortsFlagsAndPayload) {
    const Decoded packet = decoded(v6().tcp(40000, 443, kPsh | kAck).payload("hello"));
    EXPECT_EQ(packet.transport, Transport::kTcp);
    EXPECT_TRUE(packet.has_ports);
    EXPECT_EQ(packet.ports(), Ports(40000, 443));
    EXPECT_EQ(packet.tcp_flags, kPsh | kAck);
    EXPECT_EQ(packet.text(), "hello");
    EXPECT_EQ(packet.payload_len, 5U);
}

TEST(Tcp, OptionsAreNotPayload) {
    EXPECT_EQ(decoded(v4().tcp(1, 2).options(40).payload("hello")).text(), "hello");
}

TEST(Tcp, AnUrgentPointerOfZeroMeansTheFirstByteAsOneDoes) {
    constexpr uint8_t kUrg = 0x20;
    constexpr size_t kPointerAt = kBeforeTransport + 18;
    for (const uint8_t pointer : {0, 1, 2}) {
        Bytes frame = v4().tcp(1, 2, kUrg | kAck).payload("hello");
        frame[kPointerAt + 1] = pointer;
        EXPECT_EQ(decoded(frame).tcp_urgent, std::max<int>(pointer, 1));
    }
    EXPECT_EQ(decoded(v4().tcp(1, 2, kAck).payload("hello")).tcp_urgent, 0);
}

TEST(Tcp, CutHeaderHasNoPorts) {
    const Bytes frame = v4().tcp(1, 2, kSyn);
    const Decoded packet = decoded(cut(frame, kBeforeTransport + 19));
    EXPECT_EQ(packet.event, DecodeEvent::kTcpTruncated);
    EXPECT_EQ(packet.transport, Transport::kNone);
    EXPECT_FALSE(packet.has_ports);
    EXPECT_EQ(packet.tcp_flags, 0);
}

TEST(Tcp, BadOffsetHasPortsButNeitherFlagsNorPayload) {
    for (const uint8_t words : {0, 4, 8}) {
        const Decoded packet = decoded(v4().tcp(1, 2, kSyn).header_length(words).payload("hello"));
        EXPECT_EQ(packet.event, DecodeEvent::kTcpBadOffset);
        EXPECT_EQ(packet.transport, Transport::kTcp);
        EXPECT_EQ(packet.ports(), Ports(1, 2));
        EXPECT_EQ(packet.tcp_flags, 0);
        EXPECT_EQ(packet.text(), "");
        EXPECT_EQ(packet.payload_len, 0U);
    }
}

TEST(Tcp, OffsetMustLieInsideTheIpPacketNotInItsPadding) {
    const Decoded packet = decoded(v4().tcp(1, 2).header_length(6).trailer(20));
    EXPECT_EQ(packet.event, DecodeEvent::kTcpBadOffset);
}

TEST(Tcp, SnappedPayloadIsShorterThanStated) {
    const Bytes frame = v4().tcp(1, 2).payload("hello");
    const Decoded packet = decoded_snapped(frame, frame.size() - 2);
    EXPECT_EQ(packet.text(), "hel");
    EXPECT_EQ(packet.payload_len, 5U);
}

TEST(Udp, PortsAndPayload) {
    const Decoded packet = decoded(v6().udp(5353, 53).payload("query"));
    EXPECT_EQ(packet.transport, Transport::kUdp);
    EXPECT_TRUE(packet.has_ports);
    EXPECT_EQ(packet.ports(), Ports(5353, 53));
    EXPECT_EQ(packet.tcp_flags, 0);
    EXPECT_EQ(packet.text(), "query");
    EXPECT_EQ(packet.payload_len, 5U);
}

TEST(Udp, CutHeaderHasNoPorts) {
    const Bytes frame = v4().udp(1, 2);
    const Decoded packet = decoded(cut(frame, kBeforeTransport + 7));
    EXPECT_EQ(packet.event, DecodeEvent::kUdpTruncated);
    EXPECT_EQ(packet.transport, Transport::kNone);
    EXPECT_FALSE(packet.has_ports);
}

TEST(Udp, BytesPastTheLengthAreNotPayload) {
    const Decoded packet = decoded(v4().udp(1, 2).udp_length(8 + 3).payload("abcdef"));
    EXPECT_EQ(packet.text(), "abc");
    EXPECT_EQ(packet.payload_len, 3U);
}

TEST(Udp, LengthBeyondThePacketIsATruncatedPayload) {
    const Decoded packet = decoded(v4().udp(1, 2).udp_length(8 + 100).payload("abc").trailer(5));
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.text(), "abc");
    EXPECT_EQ(packet.payload_len, 100U);
}

TEST(Udp, LengthZeroReachesToTheEndOfTheIpPacket) {
    const Decoded packet = decoded(v4().udp(1, 2).udp_length(0).payload("abc").trailer(5));
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.text(), "abc");
    EXPECT_EQ(packet.payload_len, 3U);
}

TEST(Udp, LengthBelowTheHeaderHasPortsButNoPayload) {
    for (uint16_t length = 1; length < 8; ++length) {
        const Decoded packet = decoded(v4().udp(1, 2).udp_length(length).payload("abc"));
        EXPECT_EQ(packet.event, DecodeEvent::kUdpBadLength);
        EXPECT_EQ(packet.transport, Transport::kUdp);
        EXPECT_EQ(packet.ports(), Ports(1, 2));
        EXPECT_EQ(packet.text(), "");
    }
    EXPECT_EQ(decoded(v4().udp(1, 2).udp_length(8).payload("abc")).event, DecodeEvent::kNone);
}

TEST(Sctp, PortsButNoPayload) {
    const Decoded packet = decoded(v4().sctp(36412, 2905).payload("chunk"));
    EXPECT_EQ(packet.transport, Transport::kSctp);
    EXPECT_EQ(packet.ports(), Ports(36412, 2905));
    EXPECT_EQ(packet.text(), "");
}

TEST(Sctp, CutHeaderHasNoPorts) {
    const Bytes frame = v4().sctp(1, 2);
    const Decoded packet = decoded(cut(frame, kBeforeTransport + 11));
    EXPECT_EQ(packet.event, DecodeEvent::kSctpTruncated);
    EXPECT_EQ(packet.transport, Transport::kNone);
    EXPECT_FALSE(packet.has_ports);
}

TEST(Icmp, TypeAndCode) {
    const Decoded v4_packet = decoded(v4().icmp(3, 1).payload("quoted"));
    EXPECT_EQ(v4_packet.transport, Transport::kIcmp);
    EXPECT_TRUE(v4_packet.has_icmp);
    EXPECT_FALSE(v4_packet.has_ports);
    EXPECT_EQ(v4_packet.icmp_type, 3);
    EXPECT_EQ(v4_packet.icmp_code, 1);
    EXPECT_EQ(v4_packet.text(), "");

    const Decoded v6_packet = decoded(v6().hop_by_hop().icmpv6(135, 2));
    EXPECT_EQ(v6_packet.transport, Transport::kIcmpv6);
    EXPECT_EQ(v6_packet.icmp_type, 135);
    EXPECT_EQ(v6_packet.icmp_code, 2);
}

TEST(Icmp, CutHeaderHasNoType) {
    const Bytes frame = v4().icmp(8, 0);
    const Decoded cut_packet = decoded(cut(frame, kBeforeTransport + 3));
    EXPECT_EQ(cut_packet.event, DecodeEvent::kIcmpTruncated);
    EXPECT_EQ(cut_packet.transport, Transport::kNone);
    EXPECT_FALSE(cut_packet.has_icmp);
    EXPECT_TRUE(decoded(cut(frame, kBeforeTransport + 4)).has_icmp);
}

TEST(OtherProtocols, HaveNeitherPortsNorPayload) {
    const Decoded packet = decoded(v4().protocol(47).payload("greeting"));
    EXPECT_EQ(packet.transport, Transport::kOther);
    EXPECT_EQ(packet.protocol, 47);
    EXPECT_FALSE(packet.has_ports);
    EXPECT_EQ(packet.text(), "");
}

TEST(Decode, ForgetsThePacketBefore) {
    Decoded packet = decoded(eth().vlan(5).ipv4("10.0.0.1", "10.0.0.2").tcp(1, 2).payload("x"));
    const Bytes arp = eth().ethertype(0x0806).payload_of(28);
    decode(view_of(arp, LinkType::kEthernet), packet);
    EXPECT_EQ(packet.vlans(), Vlans{});
    EXPECT_EQ(packet.ip_count, 0);
    EXPECT_EQ(packet.transport, Transport::kNone);
    EXPECT_FALSE(packet.has_ports);
    EXPECT_EQ(packet.payload.size(), 0U);
}

TEST(DecodeEventNames, AreDistinct) {
    std::set<std::string_view> names;
    for (uint8_t i = 0; i < static_cast<uint8_t>(DecodeEvent::kCount); ++i) {
        names.insert(decode_event_name(static_cast<DecodeEvent>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<size_t>(DecodeEvent::kCount));
    EXPECT_EQ(decode_event_name(DecodeEvent::kIpBadHeaderLength), "ipv4_bad_header_length");
    EXPECT_EQ(decode_event_name(DecodeEvent::kIcmpTruncated), "icmp_truncated");
}

}  // namespace
}  // namespace peek::test
