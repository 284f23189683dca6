// SPDX-License-Identifier: BSD-2-Clause
#include "samples.h"

namespace peek::test {
namespace {

// The datagram that every sample carries.
void expect_sample_datagram(const Decoded& packet) {
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.protocol, 17);
    EXPECT_EQ(packet.transport, Transport::kUdp);
    EXPECT_EQ(packet.ports(), Ports(1000, 53));
    EXPECT_EQ(packet.text(), "payload");
    EXPECT_EQ(packet.payload_len, 7U);
    EXPECT_TRUE(packet.src() == "10.0.0.1" || packet.src() == "2001:db8::1") << packet.src();
    EXPECT_TRUE(packet.dst() == "10.0.0.2" || packet.dst() == "2001:db8::2") << packet.dst();
}

class Tunnel : public testing::TestWithParam<Sample> {};

TEST_P(Tunnel, GivesTheInnerPacketAndTheOuterAddresses) {
    const Decoded packet = decoded(GetParam().frame, GetParam().link);
    ASSERT_EQ(packet.ip_count, GetParam().ip_layers);
    expect_sample_datagram(packet);
    EXPECT_TRUE(packet.src(0) == "192.0.2.1" || packet.src(0) == "2001:db8:a::1");
    EXPECT_TRUE(packet.dst(0) == "192.0.2.2" || packet.dst(0) == "2001:db8:a::2");
}

// Cut anywhere behind the outer headers, it is still a packet between the outer addresses.
TEST_P(Tunnel, CutItKeepsTheOuterAddresses) {
    const Decoded whole = decoded(GetParam().frame, GetParam().link);
    for (size_t size = 14 + 40; size < GetParam().frame.size(); ++size) {
        SCOPED_TRACE(size);
        const Decoded packet = decoded(cut(GetParam().frame, size), GetParam().link);
        ASSERT_GE(packet.ip_count, 1);
        EXPECT_EQ(packet.src(0), whole.src(0));
        if (packet.ip_count == 1 && packet.protocol == 17) {
            EXPECT_EQ(packet.transport, Transport::kUdp);
            EXPECT_EQ(packet.ports(), whole.ports(0));
        }
    }
}

// Snapped, so that lengths state what was on the wire.
TEST_P(Tunnel, AShortSnapLengthTakesFromTheInnerPayload) {
    const Decoded packet = decoded_snapped(GetParam().frame, GetParam().frame.size() - 4);
    EXPECT_EQ(packet.ip_count, GetParam().ip_layers);
    EXPECT_EQ(packet.text(), "pay");
    EXPECT_EQ(packet.payload_len, 7U);
}

INSTANTIATE_TEST_SUITE_P(Forms, Tunnel, testing::ValuesIn(tunnel_samples()), sample_name);

class LinkHeader : public testing::TestWithParam<Sample> {};

TEST_P(LinkHeader, LeadsToThePacket) {
    const Decoded packet = decoded(GetParam().frame, GetParam().link);
    ASSERT_EQ(packet.ip_count, 1);
    expect_sample_datagram(packet);
}

INSTANTIATE_TEST_SUITE_P(Forms, LinkHeader, testing::ValuesIn(link_samples()), sample_name);

TEST(TunnelPayloads, TheOuterDatagramIsAPayloadThatContainsTheInner) {
    const Decoded packet = decoded(inner4(in_udp(4789).vxlan().ethernet()));
    ASSERT_EQ(packet.outer_payloads().size(), 1U);
    const Payload& outer = packet.outer_payloads()[0];
    EXPECT_EQ(outer.ip_index, 0);
    EXPECT_EQ(outer.transport, Transport::kUdp);
    EXPECT_EQ(Ports(outer.src_port, outer.dst_port), Ports(50000, 4789));
    EXPECT_EQ(outer.bytes.size(), 8U + 14 + 20 + 8 + 7);
    EXPECT_EQ(outer.stated_len, outer.bytes.size());
    EXPECT_EQ(packet.payload.data() + packet.payload.size(),
              outer.bytes.data() + outer.bytes.size());
    EXPECT_EQ(packet.all_payloads().data(), outer.bytes.data());
    EXPECT_EQ(packet.ip[0].protocol, 17);
    EXPECT_EQ(packet.ip[1].protocol, 17);
}

TEST(TunnelPayloads, ATunnelWithoutUdpHasNone) {
    const Decoded packet = decoded(inner4(outer4().gre()));
    EXPECT_EQ(packet.outer_payloads().size(), 0U);
    EXPECT_EQ(packet.ip[0].protocol, 47);
    EXPECT_TRUE(packet.payload_of(0).empty());
    EXPECT_EQ(packet.all_payloads().data(), packet.payload.data());
}

TEST(TunnelPayloads, InnerTcpHasItsFlagsAndNothingOfTheOuterHeader) {
    const Decoded packet =
        decoded(in_udp(4789).vxlan().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80, kSyn));
    EXPECT_EQ(packet.transport, Transport::kTcp);
    EXPECT_EQ(packet.tcp_flags, kSyn);
    EXPECT_EQ(packet.ports(), Ports(1000, 80));
    EXPECT_TRUE(packet.payload.empty());
    EXPECT_EQ(packet.text(0).size(), 8U + 14 + 20 + 20);
}

TEST(TunnelPayloads, AnInnerPacketEndsWithTheOuterDatagram) {
    const Decoded packet = decoded(in_udp(4789)
                                       .vxlan()
                                       .ethernet()
                                       .ipv4("10.0.0.1", "10.0.0.2")
                                       .total_length(1000)
                                       .udp(1000, 53)
                                       .udp_length(980)
                                       .payload("payload")
                                       .trailer(50, 't'));
    EXPECT_EQ(packet.text(), "payload");
    EXPECT_EQ(packet.payload_len, 972U);
}

// What only has the port, or only the shape of the first header.
TEST(NoTunnel, OfAUdpPortAlone) {
    for (const uint16_t port : {2152, 3544, 4789, 4790, 6081, 8472}) {
        for (const uint8_t fill : {0x00, 0x61, 0xff}) {
            SCOPED_TRACE(std::to_string(port) + " " + std::to_string(fill));
            const Decoded packet = decoded(in_udp(port).payload_of(200, fill));
            EXPECT_EQ(packet.ip_count, 1);
            EXPECT_EQ(packet.transport, Transport::kUdp);
            EXPECT_EQ(packet.ports(), Ports(50000, port));
            EXPECT_EQ(packet.text(), std::string(200, static_cast<char>(fill)));
            EXPECT_EQ(packet.outer_payloads().size(), 0U);
        }
    }
}

TEST(NoTunnel, OfADnsQueryFromATunnelsPort) {
    const Bytes query{0x08, 0x00, 0x01, 0x00, 0,   1,   0, 0, 0, 0, 0,
                      0,    4,    'e',  'v',  'i', 'l', 0, 0, 1, 0, 1};
    const Decoded packet = decoded(outer4().udp(4789, 53).payload(query));
    EXPECT_EQ(packet.ip_count, 1);
    EXPECT_EQ(packet.ports(), Ports(4789, 53));
    EXPECT_EQ(packet.payload.size(), query.size());
}

struct Malformed {
    const char* name;
    Bytes frame;
    DecodeEvent event;
    LinkType link = LinkType::kEthernet;
};

// The outer packet counts as if there were no tunnel.
TEST(MalformedTunnel, LeavesTheOuterPacketAndSaysWhy) {
    const Bytes ip6_in_ip4 = outer4().protocol(4).payload(inner6(raw()));
    const Malformed table[] = {
        {"GRE cut", outer4().protocol(47).payload("abc"), DecodeEvent::kGreTruncated},
        {"GRE fields cut", outer4().header(47, {0xb0, 0, 8, 0, 0, 0}), DecodeEvent::kGreTruncated},
        {"GRE routing", inner4(outer4().gre(0x4000)), DecodeEvent::kGreBadHeader},
        {"GRE version", inner4(outer4().gre(0x0002)), DecodeEvent::kGreBadHeader},
        {"PPTP without key", outer4().header(47, {0x10, 1, 0x88, 0x0b, 0, 0, 0, 0}),
         DecodeEvent::kGreBadHeader},
        {"PPTP cut", outer4().header(47, {0x30, 1, 0x88, 0x0b, 0, 0, 0, 0}),
         DecodeEvent::kGreTruncated},
        {"PPTP empty", outer4().header(47, {0x30, 1, 0x88, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0}),
         DecodeEvent::kPppTruncated},
        {"ERSPAN cut", outer4().header(47, {0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0}),
         DecodeEvent::kErspanTruncated},
        {"ERSPAN version", outer4().header(47, {0x10, 0, 0x88, 0xbe, 0, 0, 0, 1}).payload_of(60),
         DecodeEvent::kErspanBadHeader},
        {"ERSPAN III version",
         outer4().header(47, {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1}).payload_of(60),
         DecodeEvent::kErspanBadHeader},
        {"ERSPAN III platform cut", outer4().header(47, {0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5,
                                                         0,    1, 0,    0,    0, 0, 0, 0, 0,    1}),
         DecodeEvent::kErspanTruncated},
        {"IPv6 in protocol 4", ip6_in_ip4, DecodeEvent::kIpBadVersion},
        {"inner IPv4 cut", outer4().protocol(4).payload_of(19, 0x45), DecodeEvent::kIpTruncated},
        {"inner Ethernet cut", in_udp(4789).vxlan().payload_of(13), DecodeEvent::kLinkTruncated},
        {"VXLAN-GPE of NSH", in_udp(4790).header(0, {0x0c, 0, 0, 4, 0, 0, 1, 0}).payload_of(60),
         DecodeEvent::kVxlanUnknown},
        {"Geneve options cut", in_udp(6081).header(0, {0x3f, 0, 0x65, 0x58, 0, 0, 1, 0}),
         DecodeEvent::kGeneveTruncated},
        {"GTP-U fields cut", in_udp(2152).header(0, {0x32, 0xff, 0, 2, 0, 0, 0, 1, 0, 1}),
         DecodeEvent::kGtpTruncated},
        {"GTP-U extension cut",
         in_udp(2152).header(0, {0x34, 0xff, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0}),
         DecodeEvent::kGtpTruncated},
        {"GTP-U extension of nothing",
         in_udp(2152).header(0, {0x34, 0xff, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0, 0, 0}),
         DecodeEvent::kGtpBadExtension},
        {"Teredo authentication cut", in_udp(3544).header(0, {0, 1, 9, 9, 0, 0, 0, 0}),
         DecodeEvent::kTeredoTruncated},
        {"Teredo origin cut", in_udp(3544).header(0, {0, 0, 1, 2, 3, 4, 5}),
         DecodeEvent::kTeredoTruncated},
    };
    for (const Malformed& row : table) {
        SCOPED_TRACE(row.name);
        const Decoded packet = decoded(row.frame);
        EXPECT_EQ(packet.event, row.event);
        EXPECT_EQ(packet.ip_count, 1);
        EXPECT_EQ(packet.src(), "192.0.2.1");
        EXPECT_EQ(packet.outer_payloads().size(), 0U);
        EXPECT_EQ(packet.transport, packet.protocol == 17 ? Transport::kUdp : Transport::kOther);
        EXPECT_EQ(packet.payload.empty(), packet.protocol != 17);
    }
}

TEST(MalformedLink, HasNoPacketAndSaysWhy) {
    const Bytes llc4 = joined(snap(0x0800), inner4(raw()));
    const Malformed table[] = {
        {"labels without bottom", eth().mpls(16, false).mpls(17, false), DecodeEvent::kMplsTruncated},
        {"label cut", eth().ethertype(0x8847).payload("abc"), DecodeEvent::kMplsTruncated},
        {"nothing behind labels", eth().mpls(16), DecodeEvent::kMplsPayloadUnknown},
        {"no IP behind labels", eth().mpls(16).payload_of(60, 0x10), DecodeEvent::kMplsPayloadUnknown},
        {"PPPoE cut", eth().ethertype(0x8864).payload_of(5, 0x11), DecodeEvent::kPppoeTruncated},
        {"PPPoE version", inner4(eth().header(0x8864, {0x21, 0, 0, 1, 0, 37, 0, 0x21})),
         DecodeEvent::kPppoeBadHeader},
        {"PPPoE discovery code", inner4(eth().header(0x8864, {0x11, 9, 0, 1, 0, 37, 0, 0x21})),
         DecodeEvent::kPppoeBadHeader},
        {"PPPoE without PPP", eth().header(0x8864, {0x11, 0, 0, 1, 0, 0, 0, 0x21}),
         DecodeEvent::kPppTruncated},
        {"PPP cut", {0xff, 0x03, 0x00}, DecodeEvent::kPppTruncated, LinkType::kPpp},
        {"PPP without direction", {}, DecodeEvent::kLinkTruncated, LinkType::kPppDirection},
        {"Cisco HDLC cut", {0x0f, 0x00, 0x08}, DecodeEvent::kLinkTruncated, LinkType::kCiscoHdlc},
        {"LLC cut", eth().ethertype(2).payload("ab"), DecodeEvent::kLlcTruncated},
        {"SNAP cut", {0xaa, 0xaa, 3, 0, 0, 0, 8}, DecodeEvent::kLlcTruncated, LinkType::kLlc},
        {"length below LLC", eth().ethertype(2).payload(llc4), DecodeEvent::kLlcTruncated},
        {"NFLOG cut", {2, 0, 0}, DecodeEvent::kNflogTruncated, LinkType::kNflog},
        {"NFLOG version", {2, 1, 0, 0}, DecodeEvent::kLinkUnknown, LinkType::kNflog},
        {"NFLOG attribute of nothing", {2, 0, 0, 0, 0, 0, 0, 0}, DecodeEvent::kNflogTruncated,
         LinkType::kNflog},
        {"NFLOG without payload", {2, 0, 0, 0, 4, 0, 1, 0}, DecodeEvent::kNflogNoPayload,
         LinkType::kNflog},
        {"802.11 cut", wlan(0x08, 1, 23), DecodeEvent::kWlanTruncated, LinkType::kIeee80211},
        {"802.11 version", joined(wlan(0x09, 1, 24), llc4), DecodeEvent::kLinkUnknown,
         LinkType::kIeee80211},
        {"802.11 protected", joined(wlan(0x08, 0x41, 24), llc4), DecodeEvent::kWlanProtected,
         LinkType::kIeee80211},
        {"802.11 later fragment", [&] {
             Bytes header = wlan(0x08, 0x01, 24);
             header[22] = 1;
             return joined(header, llc4);
         }(), DecodeEvent::kWlanFragment, LinkType::kIeee80211},
        {"radiotap cut", {0, 0, 9, 0, 0, 0, 0, 0}, DecodeEvent::kRadiotapTruncated,
         LinkType::kRadiotap},
        {"radiotap version", {1, 0, 8, 0, 0, 0, 0, 0}, DecodeEvent::kRadiotapBadHeader,
         LinkType::kRadiotap},
        {"radiotap length", {0, 0, 7, 0, 0, 0, 0, 0}, DecodeEvent::kRadiotapBadHeader,
         LinkType::kRadiotap},
    };
    for (const Malformed& row : table) {
        SCOPED_TRACE(row.name);
        const Decoded packet = decoded(row.frame, row.link);
        EXPECT_EQ(packet.event, row.event);
        EXPECT_EQ(packet.ip_count, 0);
    }
}

// No IP, and nothing wrong.
TEST(LinkHeaders, ThatCarryNoIpAreNoEvent) {
    const Malformed table[] = {
        {"spanning tree", eth().ethertype(38).payload(joined({0x42, 0x42, 3}, Bytes(35))), {}},
        {"Cisco discovery",
         eth().ethertype(40).payload(joined({0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0}, Bytes(32))),
         {}},
        {"802.11 beacon", wlan(0x80, 0, 60), {}, LinkType::kIeee80211},
        {"802.11 acknowledgment", wlan(0xd4, 0, 10), {}, LinkType::kIeee80211},
        {"802.11 null", wlan(0x48, 1, 24), {}, LinkType::kIeee80211},
        {"LCP", {0xff, 0x03, 0xc0, 0x21, 9, 0, 0, 4}, {}, LinkType::kPpp},
        {"SLARP", {0x8f, 0x00, 0x80, 0x35, 0, 0}, {}, LinkType::kCiscoHdlc},
    };
    for (const Malformed& row : table) {
        SCOPED_TRACE(row.name);
        const Decoded packet = decoded(row.frame, row.link);
        EXPECT_EQ(packet.event, DecodeEvent::kNone);
        EXPECT_EQ(packet.ip_count, 0);
    }
}

TEST(Wlan, OfAnAmsduTheFirstFrameIsDecodedAndTheRestCounted) {
    Bytes frame = wlan(0x88, 0x01, 26);
    frame[24] = 0x80;
    const Bytes subframe = joined(amsdu_subframe(), joined(snap(0x0800), inner4(raw())));
    frame = joined(joined(joined(frame, subframe), Bytes(3)), subframe);
    const Decoded packet = decoded(frame, LinkType::kIeee80211);
    EXPECT_EQ(packet.event, DecodeEvent::kWlanAmsduRest);
    EXPECT_EQ(packet.text(), "payload");
}

// A frame whose two readings, with and without a control word, both end in a known EtherType.
TEST(Mpls, AnAmbiguousPseudoWireIsNotOpened) {
    Bytes both(64, 0);
    both[12] = 0x08, both[13] = 0x00, both[14] = 0x45;
    both[16] = 0x81, both[17] = 0x00;
    const Decoded packet = decoded(eth().mpls(16).payload(both));
    EXPECT_EQ(packet.event, DecodeEvent::kMplsPayloadUnknown);
    EXPECT_EQ(packet.ip_count, 0);
}

TEST(Mpls, AMacAddressThatBeginsLikeIpIsNoIp) {
    Bytes frame = inner4(eth());
    frame[0] = 0x46;
    const Decoded packet = decoded(eth().mpls(16).payload(frame));
    EXPECT_EQ(packet.src(), "10.0.0.1");
    EXPECT_EQ(packet.text(), "payload");
}

TEST(TunnelVlans, OnlyTagsInFrontOfTheOutermostIpHeaderAreTold) {
    const Decoded tunnel = decoded(inner4(
        eth().vlan(7).ipv4("192.0.2.1", "192.0.2.2").udp(50000, 4789).vxlan().ethernet().vlan(8)));
    EXPECT_EQ(tunnel.ip_count, 2);
    EXPECT_EQ(tunnel.vlans(), Vlans({7}));
    const Decoded wire = decoded(inner4(eth().vlan(7).mpls(16).ethernet().vlan(8)));
    EXPECT_EQ(wire.vlans(), Vlans({7, 8}));
}

TEST(TunnelDepth, IsLimitedAndCounted) {
    Frame frame = eth();
    for (int i = 0; i <= PEEK_MAX_ENCAPSULATIONS; ++i) frame.ipv4("192.0.2.1", "192.0.2.2");
    const Decoded most = decoded(frame.udp(1, 2).payload("x"));
    EXPECT_EQ(most.event, DecodeEvent::kNone);
    EXPECT_EQ(most.ip_count, PEEK_MAX_IP_LAYERS);
    EXPECT_EQ(most.text(), "x");

    const Decoded deeper = decoded(inner4(eth()
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")
                                              .ipv4("192.0.2.1", "192.0.2.2")));
    EXPECT_EQ(deeper.event, DecodeEvent::kTunnelTooDeep);
    EXPECT_EQ(deeper.ip_count, PEEK_MAX_IP_LAYERS);
    EXPECT_EQ(deeper.transport, Transport::kOther);
}

TEST(TunnelDepth, HoldsForLinkHeadersToo) {
    Frame frame = eth();
    for (int i = 0; i <= PEEK_MAX_ENCAPSULATIONS; ++i) frame.mpls(16).ethernet();
    const Decoded packet = decoded(inner4(frame));
    EXPECT_EQ(packet.event, DecodeEvent::kTunnelTooDeep);
    EXPECT_EQ(packet.ip_count, 0);
}

TEST(TunnelDepth, TheOutermostUdpPayloadOfTunnelsInUdpContainsAll) {
    Frame frame = eth();
    for (int i = 0; i < PEEK_MAX_ENCAPSULATIONS; ++i)
        frame.ipv4("192.0.2.1", "192.0.2.2").udp(50000, 2152).gtp();
    const Decoded packet = decoded(inner4(frame));
    EXPECT_EQ(packet.tunnel_count, PEEK_MAX_ENCAPSULATIONS);
    EXPECT_EQ(packet.text(), "payload");
    for (size_t i = 1; i < packet.tunnel_count; ++i)
        EXPECT_EQ(packet.tunnels[i].bytes.size() + 8 + 20 + 8, packet.tunnels[i - 1].bytes.size());
}

TEST(TunnelFragments, AFragmentedOuterPacketIsNotOpened) {
    const Decoded udp = decoded(
        inner4(eth().ipv4("192.0.2.1", "192.0.2.2").fragment(0, true).udp(50000, 2152).gtp()));
    EXPECT_EQ(udp.ip_count, 1);
    EXPECT_EQ(udp.ports(), Ports(50000, 2152));
    const Decoded gre =
        decoded(inner4(eth().ipv4("192.0.2.1", "192.0.2.2").fragment(0, true).gre()));
    EXPECT_EQ(gre.ip_count, 1);
    EXPECT_EQ(gre.transport, Transport::kOther);
}

TEST(TunnelFragments, FactsAreThoseOfTheInnerFragment) {
    const Decoded packet = decoded(outer4()
                                       .gre()
                                       .ipv4("10.0.0.1", "10.0.0.2")
                                       .fragment(3, true)
                                       .protocol(6)
                                       .payload("inner part"));
    EXPECT_TRUE(packet.fragment);
    EXPECT_EQ(packet.ip_count, 2);
    EXPECT_EQ(packet.fragment_facts.protocol, 6);
    EXPECT_EQ(packet.fragment_facts.offset, 24U);
    EXPECT_TRUE(packet.fragment_facts.more);
    EXPECT_EQ(std::string(packet.fragment_facts.bytes.begin(), packet.fragment_facts.bytes.end()),
              "inner part");
}

// A datagram in two fragments as [reassembly] hands it back: of `frame`, any fragment of it.
Packet reassembled(const Decoded& fragment, uint8_t protocol, const Bytes& bytes) {
    Packet packet;
    decode_datagram(fragment, protocol, bytes, packet);
    return packet;
}

TEST(DecodeDatagram, GoesOnWhereTheFragmentEnded) {
    const Decoded fragment = decoded(
        eth().vlan(5).ipv4("192.0.2.1", "192.0.2.2").fragment(1, false).protocol(17).payload("x"));
    const Bytes whole = Frame()
                            .udp(50000, 4789)
                            .vxlan()
                            .ethernet()
                            .ipv4("10.0.0.1", "10.0.0.2")
                            .udp(1000, 53)
                            .payload("payload");
    const Packet packet = reassembled(fragment, 17, whole);
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_FALSE(packet.fragment);
    ASSERT_EQ(packet.ip_count, 2);
    EXPECT_EQ(packet.vlan_count, 1);
    EXPECT_EQ(packet.ip[0].src.to_string(), "192.0.2.1");
    EXPECT_EQ(packet.ip[0].protocol, 17);
    EXPECT_EQ(packet.ip[1].dst.to_string(), "10.0.0.2");
    EXPECT_EQ(packet.outer_payloads().size(), 1U);
    EXPECT_EQ(packet.payload.size(), 7U);
}

TEST(DecodeDatagram, ReadsExtensionHeadersBehindTheFragmentHeader) {
    const Decoded fragment = decoded(eth()
                                         .ipv6("2001:db8::1", "2001:db8::2")
                                         .fragment_header(2, true)
                                         .protocol(60)
                                         .payload("x"));
    EXPECT_EQ(fragment.fragment_facts.protocol, 60);
    const Bytes options{17, 0, 1, 4, 0, 0, 0, 0};
    const Packet packet =
        reassembled(fragment, 60, joined(options, Frame().udp(1000, 53).payload("payload")));
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.protocol, 17);
    EXPECT_EQ(packet.payload.size(), 7U);
}

TEST(DecodeDatagram, OfAnInnerFragmentKeepsTheOuterLayersWhosePayloadsDoNotHoldIt) {
    const Decoded fragment = decoded(in_udp(4789)
                                         .vxlan()
                                         .ethernet()
                                         .ipv4("10.0.0.1", "10.0.0.2")
                                         .fragment(0, true)
                                         .protocol(6)
                                         .payload("x"));
    const Packet packet = reassembled(fragment, 6, Frame().tcp(1, 2).payload("whole"));
    EXPECT_EQ(packet.ip_count, 2);
    EXPECT_EQ(packet.transport, Transport::kTcp);
    EXPECT_EQ(packet.payload.size(), 5U);
    ASSERT_NE(packet.outer_payload_of(0), nullptr);
    EXPECT_EQ(packet.outer_payload_of(0)->dst_port, 4789);
    EXPECT_EQ(packet.outer_payloads().size(), 0U);
    EXPECT_EQ(packet.all_payloads().data(), packet.payload.data());
}

}  // namespace
}  // namespace peek::test
