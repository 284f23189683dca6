// SPDX-License-Identifier: BSD-2-Clause
#include "decoded.h"

namespace peek::test {
namespace {

Frame v4() {
    return eth().ipv4("10.0.0.1", "10.0.0.2");
}
Frame v6() {
    return eth().ipv6("2001:db8::1", "2001:db8::2");
}

// The addresses count, nothing behind them does.
void expect_addresses_only(const Decoded& packet, DecodeEvent event) {
    EXPECT_EQ(packet.event, event);
    EXPECT_EQ(packet.ip_count, 1);
    EXPECT_EQ(packet.transport, Transport::kNone);
    EXPECT_FALSE(packet.has_ports);
    EXPECT_EQ(packet.payload.size(), 0U);
}
void expect_no_ip(const Decoded& packet, DecodeEvent event) {
    EXPECT_EQ(packet.event, event);
    EXPECT_EQ(packet.ip_count, 0);
    EXPECT_EQ(packet.transport, Transport::kNone);
}
void expect_udp(const Decoded& packet, const std::string& payload) {
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.transport, Transport::kUdp);
    EXPECT_EQ(packet.ports(), Ports(1000, 53));
    EXPECT_EQ(packet.text(), payload);
}

TEST(Ipv4, OptionsAreSkipped) {
    expect_udp(decoded(v4().options(40).udp(1000, 53).payload("name")), "name");
}

TEST(Ipv4, HeaderLengthBelowFiveIsNoIpLayer) {
    expect_no_ip(decoded(v4().header_length(4).udp(1000, 53)), DecodeEvent::kIpBadHeaderLength);
    expect_no_ip(decoded(v4().header_length(0).udp(1000, 53)), DecodeEvent::kIpBadHeaderLength);
}

TEST(Ipv4, CutFixedHeaderIsNoIpLayer) {
    const Bytes frame = v4().udp(1000, 53);
    expect_no_ip(decoded(cut(frame, 14 + 19)), DecodeEvent::kIpTruncated);
    expect_addresses_only(decoded(cut(frame, 14 + 20)), DecodeEvent::kUdpTruncated);
}

TEST(Ipv4, AddressesCountWhenOptionsAreCut) {
    const Bytes frame = v4().options(8).udp(1000, 53);
    const Decoded packet = decoded(cut(frame, 14 + 27));
    expect_addresses_only(packet, DecodeEvent::kIpOptionsTruncated);
    EXPECT_EQ(packet.src(), "10.0.0.1");
    EXPECT_EQ(packet.dst(), "10.0.0.2");
    EXPECT_EQ(packet.protocol, 17);
}

TEST(Ipv4, AddressesCountWhenTotalLengthIsBelowTheHeader) {
    expect_addresses_only(decoded(v4().total_length(19).udp(1000, 53)),
                          DecodeEvent::kIpBadTotalLength);
    expect_addresses_only(decoded(v4().options(4).total_length(23).udp(1000, 53)),
                          DecodeEvent::kIpBadTotalLength);
}

TEST(Ipv4, TotalLengthThatEndsInTheTransportHeaderCutsIt) {
    expect_addresses_only(decoded(v4().total_length(27).udp(1000, 53)), DecodeEvent::kUdpTruncated);
    expect_udp(decoded(v4().total_length(28).udp(1000, 53)), "");
}

TEST(Ipv4, TotalLengthZeroReachesToTheEndOfTheFrame) {
    const Decoded packet = decoded(v4().total_length(0).tcp(1000, 53).payload("to the end"));
    EXPECT_EQ(packet.text(), "to the end");
    EXPECT_EQ(packet.payload_len, 10U);
}

TEST(Ipv4, TotalLengthZeroOfASnappedFrameStatesTheLengthOnTheWire) {
    const Bytes frame = v4().total_length(0).tcp(1000, 53).payload("to the end");
    const Decoded packet = decoded_snapped(frame, frame.size() - 4);
    EXPECT_EQ(packet.text(), "to the");
    EXPECT_EQ(packet.payload_len, 10U);
}

TEST(Ipv4, PaddingIsNotPayload) {
    const Decoded packet = decoded(v4().tcp(1000, 53).payload("abc").trailer(20, 'p'));
    EXPECT_EQ(packet.text(), "abc");
    EXPECT_EQ(packet.payload_len, 3U);
}

TEST(Ipv4, TotalLengthBeyondTheFrameIsATruncatedPayload) {
    const Decoded packet = decoded(v4().total_length(1000).tcp(1000, 53).payload("abc"));
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.text(), "abc");
    EXPECT_EQ(packet.payload_len, 960U);
}

TEST(Ipv4, DontFragmentIsNoFragment) {
    const Decoded packet = decoded(v4().fragment(0x4000, false).udp(1000, 53).payload("x"));
    EXPECT_FALSE(packet.fragment);
    EXPECT_FALSE(packet.first_fragment);
    expect_udp(packet, "x");
}

TEST(Ipv4, FirstFragmentHasATransport) {
    const Decoded packet = decoded(v4().fragment(0, true).udp(1000, 53).payload("x"));
    EXPECT_TRUE(packet.fragment);
    EXPECT_TRUE(packet.first_fragment);
    expect_udp(packet, "x");
}

TEST(Ipv4, FirstFragmentThatCutsTheTransportHeaderHasNone) {
    const Decoded packet = decoded(v4().fragment(0, true).protocol(6).payload_of(16));
    EXPECT_TRUE(packet.first_fragment);
    expect_addresses_only(packet, DecodeEvent::kTcpTruncated);
}

TEST(Ipv4, LaterFragmentHasNoTransport) {
    for (const bool more : {true, false}) {
        const Decoded packet = decoded(v4().fragment(1, more).udp(1000, 53).payload("x"));
        EXPECT_TRUE(packet.fragment);
        EXPECT_FALSE(packet.first_fragment);
        expect_addresses_only(packet, DecodeEvent::kNone);
        EXPECT_EQ(packet.protocol, 17);
    }
}

TEST(Ipv4, NumbersOfIpv6ExtensionsAreOrdinaryProtocols) {
    for (const uint8_t protocol : {0, 43, 44, 51, 60}) {
        const Decoded packet = decoded(v4().protocol(protocol).payload_of(40));
        EXPECT_EQ(packet.transport, Transport::kOther);
        EXPECT_EQ(packet.protocol, protocol);
        EXPECT_EQ(packet.event, DecodeEvent::kNone);
    }
}

TEST(Ipv6, CutFixedHeaderIsNoIpLayer) {
    const Bytes frame = v6().udp(1000, 53);
    expect_no_ip(decoded(cut(frame, 14 + 39)), DecodeEvent::kIpTruncated);
    expect_addresses_only(decoded(cut(frame, 14 + 40)), DecodeEvent::kUdpTruncated);
}

TEST(Ipv6, PayloadLengthZeroReachesToTheEndOfTheFrame) {
    const Decoded packet = decoded(v6().payload_length(0).tcp(1000, 53).payload("to the end"));
    EXPECT_EQ(packet.text(), "to the end");
    EXPECT_EQ(packet.payload_len, 10U);
}

TEST(Ipv6, PaddingIsNotPayload) {
    EXPECT_EQ(decoded(v6().tcp(1000, 53).payload("abc").trailer(9)).text(), "abc");
}

TEST(Ipv6, NoNextHeaderHasNoTransportOfOurs) {
    const Decoded packet = decoded(v6().payload_of(8));
    EXPECT_EQ(packet.protocol, 59);
    EXPECT_EQ(packet.transport, Transport::kOther);
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
}

TEST(Ipv6, EveryExtensionHeaderIsSkipped) {
    Frame frame = v6().hop_by_hop(1).destination_options().routing(2).authentication(4);
    frame.authentication(0).extension(135, 16, 1).extension(139, 8, 0).extension(140, 24, 2);
    expect_udp(decoded(frame.fragment_header(0, false).udp(1000, 53).payload("x")), "x");
}

TEST(Ipv6, TheFragmentHeadersSecondByteIsNoLength) {
    Frame frame = v6().fragment_header(0, false);
    Bytes bytes = frame.udp(1000, 53).payload("x");
    bytes[14 + 40 + 1] = 9;
    expect_udp(decoded(bytes), "x");
}

TEST(Ipv6, SixteenExtensionsAreFollowedAndASeventeenthIsTooMany) {
    Frame frame = v6();
    for (int i = 0; i < 16; ++i) frame.destination_options();
    Frame one_more = Frame(frame).hop_by_hop();
    expect_udp(decoded(frame.udp(1000, 53).payload("x")), "x");
    expect_addresses_only(decoded(one_more.udp(1000, 53)), DecodeEvent::kExtensionTooMany);
}

TEST(Ipv6, ExtensionMustLieWhollyInsideThePacket) {
    const Bytes frame = v6().destination_options(2).udp(1000, 53);
    for (const size_t kept : {0, 1, 7, 8, 23}) {
        expect_addresses_only(decoded(cut(frame, 14 + 40 + kept)),
                              DecodeEvent::kExtensionTruncated);
    }
    expect_addresses_only(decoded(cut(frame, 14 + 40 + 24)), DecodeEvent::kUdpTruncated);
}

TEST(Ipv6, ExtensionMustLieInsideThePayloadLength) {
    expect_addresses_only(decoded(v6().payload_length(23).destination_options(2).udp(1000, 53)),
                          DecodeEvent::kExtensionTruncated);
}

TEST(Ipv6, AtomicFragmentIsNoFragment) {
    const Decoded packet = decoded(v6().fragment_header(0, false).udp(1000, 53).payload("x"));
    EXPECT_FALSE(packet.fragment);
    EXPECT_FALSE(packet.first_fragment);
    expect_udp(packet, "x");
}

TEST(Ipv6, FirstFragmentHasATransport) {
    const Decoded packet =
        decoded(v6().fragment_header(0, true).destination_options().udp(1000, 53).payload("x"));
    EXPECT_TRUE(packet.fragment);
    EXPECT_TRUE(packet.first_fragment);
    expect_udp(packet, "x");
}

TEST(Ipv6, LaterFragmentHasNoTransport) {
    for (const bool more : {true, false}) {
        const Decoded packet = decoded(v6().fragment_header(1, more).udp(1000, 53).payload("x"));
        EXPECT_TRUE(packet.fragment);
        EXPECT_FALSE(packet.first_fragment);
        expect_addresses_only(packet, DecodeEvent::kNone);
        EXPECT_EQ(packet.protocol, 17);
    }
}

TEST(Ipv6, OfSeveralFragmentHeadersOneThatIsNotAtomicIsEnough) {
    for (const bool first_is_atomic : {true, false}) {
        Frame frame = v6().fragment_header(0, !first_is_atomic);
        frame.fragment_header(0, first_is_atomic).udp(1000, 53);
        const Decoded packet = decoded(frame);
        EXPECT_TRUE(packet.fragment);
        EXPECT_TRUE(packet.first_fragment);
        expect_udp(packet, "");
    }
}

TEST(Ipv6, OfSeveralFragmentHeadersANonZeroOffsetEndsDecoding) {
    for (const bool more : {true, false}) {
        Frame frame = v6().fragment_header(0, more).fragment_header(5, false).udp(1000, 53);
        const Decoded packet = decoded(frame);
        EXPECT_TRUE(packet.fragment);
        EXPECT_FALSE(packet.first_fragment);
        expect_addresses_only(packet, DecodeEvent::kNone);
    }
}

}  // namespace
}  // namespace peek::test
