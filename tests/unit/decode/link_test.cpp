// SPDX-License-Identifier: BSD-2-Clause
#include "decoded.h"

namespace peek::test {
namespace {

const char* const kA = "10.0.0.1";
const char* const kB = "10.0.0.2";
const char* const kA6 = "2001:db8::1";
const char* const kB6 = "2001:db8::2";

Bytes joined(Bytes front, const Bytes& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
}

Bytes ipv4_packet() {
    return raw().ipv4(kA, kB).udp(1, 2).payload("x");
}
Bytes ipv6_packet() {
    return raw().ipv6(kA6, kB6).udp(1, 2).payload("x");
}

void expect_ipv4(const Decoded& packet) {
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.src(), kA);
    EXPECT_EQ(packet.dst(), kB);
    EXPECT_EQ(packet.text(), "x");
}
void expect_ipv6(const Decoded& packet) {
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.src(), kA6);
    EXPECT_EQ(packet.dst(), kB6);
    EXPECT_EQ(packet.text(), "x");
}
void expect_no_ip(const Decoded& packet, DecodeEvent event) {
    EXPECT_EQ(packet.event, event);
    EXPECT_EQ(packet.ip_count, 0);
    EXPECT_EQ(packet.transport, Transport::kNone);
}

TEST(Ethernet, CarriesIpv4) {
    const Decoded packet = decoded(eth().ipv4(kA, kB).udp(1, 2).payload("x"));
    expect_ipv4(packet);
    EXPECT_EQ(packet.vlans(), Vlans{});
}

TEST(Ethernet, CarriesIpv6) {
    expect_ipv6(decoded(eth().ipv6(kA6, kB6).udp(1, 2).payload("x")));
}

TEST(Ethernet, CutHeaderIsTruncated) {
    const Bytes frame = eth().ipv4(kA, kB).udp(1, 2);
    expect_no_ip(decoded({}), DecodeEvent::kLinkTruncated);
    expect_no_ip(decoded(cut(frame, 13)), DecodeEvent::kLinkTruncated);
    expect_no_ip(decoded(cut(frame, 14)), DecodeEvent::kIpTruncated);
}

TEST(Ethernet, ArpAndLengthFieldsAreNotIp) {
    expect_no_ip(decoded(eth().ethertype(0x0806).payload_of(28)), DecodeEvent::kNone);
    expect_no_ip(decoded(eth().ethertype(0x0026).payload_of(38)), DecodeEvent::kNone);
}

TEST(Ethernet, EtherTypeAndVersionMustAgree) {
    expect_no_ip(decoded(eth().ipv4(kA, kB).version(6).udp(1, 2)), DecodeEvent::kIpBadVersion);
    expect_no_ip(decoded(eth().ipv6(kA6, kB6).version(4).udp(1, 2)), DecodeEvent::kIpBadVersion);
}

TEST(Vlan, EveryTagTypeIsFollowedAndOnlyTheIdIsKept) {
    const Decoded packet = decoded(eth()
                                       .vlan(0xe000 | 100, 0x88a8)
                                       .vlan(0x1000 | 200, 0x9100)
                                       .vlan(300, 0x8100)
                                       .ipv4(kA, kB)
                                       .udp(1, 2)
                                       .payload("x"));
    expect_ipv4(packet);
    EXPECT_EQ(packet.vlans(), (Vlans{100, 200, 300}));
}

TEST(Vlan, FourTagsAreFollowedAndAFifthIsTooMany) {
    Frame four = eth().vlan(1).vlan(2).vlan(3).vlan(4);
    Frame five = Frame(four).vlan(5);
    expect_ipv6(decoded(four.ipv6(kA6, kB6).udp(1, 2).payload("x")));
    const Decoded packet = decoded(five.ipv6(kA6, kB6).udp(1, 2).payload("x"));
    expect_no_ip(packet, DecodeEvent::kVlanTooMany);
    EXPECT_EQ(packet.vlans(), (Vlans{1, 2, 3, 4}));
}

TEST(Vlan, CutTagIsTruncated) {
    const Bytes frame = eth().vlan(7).ipv4(kA, kB).udp(1, 2);
    expect_no_ip(decoded(cut(frame, 14)), DecodeEvent::kVlanTruncated);
    expect_no_ip(decoded(cut(frame, 17)), DecodeEvent::kVlanTruncated);
    const Decoded packet = decoded(cut(frame, 18));
    expect_no_ip(packet, DecodeEvent::kIpTruncated);
    EXPECT_EQ(packet.vlans(), Vlans{7});
}

TEST(Vlan, TagOutsideTheFrameIsTheOutermostAndCountsForItself) {
    const Bytes frame = eth().vlan(1).vlan(2).vlan(3).vlan(4).ipv4(kA, kB).udp(1, 2);
    PacketView view = view_of(frame, LinkType::kEthernet);
    view.vlan_tci = 0xa000 | 99;
    Decoded packet;
    decode(view, packet);
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_EQ(packet.vlans(), (Vlans{99, 1, 2, 3, 4}));
    EXPECT_EQ(packet.src(), kA);
}

TEST(RawIp, FirstNibbleTellsTheVersion) {
    expect_ipv4(decoded(ipv4_packet(), LinkType::kRawIp));
    expect_ipv6(decoded(ipv6_packet(), LinkType::kRawIp));
    expect_no_ip(decoded(Bytes(60, 0x50), LinkType::kRawIp), DecodeEvent::kIpBadVersion);
    expect_no_ip(decoded({}, LinkType::kRawIp), DecodeEvent::kIpTruncated);
}

TEST(LinuxCooked, ProtocolFieldIsAnEtherType) {
    Bytes header{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x08, 0x00};
    expect_ipv4(decoded(joined(header, ipv4_packet()), LinkType::kLinuxCooked));
    header[14] = 0x86;
    header[15] = 0xdd;
    expect_ipv6(decoded(joined(header, ipv6_packet()), LinkType::kLinuxCooked));
    expect_no_ip(decoded(cut(header, 15), LinkType::kLinuxCooked), DecodeEvent::kLinkTruncated);
}

TEST(LinuxCooked, VlanTagMayFollow) {
    const Bytes header{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0x00, 0, 42, 0x08, 0x00};
    const Decoded packet = decoded(joined(header, ipv4_packet()), LinkType::kLinuxCooked);
    expect_ipv4(packet);
    EXPECT_EQ(packet.vlans(), Vlans{42});
}

TEST(LinuxCooked2, ProtocolFieldIsAnEtherType) {
    Bytes header{0x08, 0x00, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0};
    expect_ipv4(decoded(joined(header, ipv4_packet()), LinkType::kLinuxCooked2));
    header[0] = 0x86;
    header[1] = 0xdd;
    expect_ipv6(decoded(joined(header, ipv6_packet()), LinkType::kLinuxCooked2));
    expect_no_ip(decoded(cut(header, 19), LinkType::kLinuxCooked2), DecodeEvent::kLinkTruncated);
}

TEST(LinuxCooked2, VlanTagMayFollow) {
    const Bytes header{0x81, 0x00, 0, 0, 0, 0, 0, 2, 0, 1,  0,    6,
                       2,    0,    0, 0, 0, 1, 0, 0, 0, 43, 0x08, 0x00};
    const Decoded packet = decoded(joined(header, ipv4_packet()), LinkType::kLinuxCooked2);
    expect_ipv4(packet);
    EXPECT_EQ(packet.vlans(), Vlans{43});
}

TEST(NullHost, FamilyIsReadInEitherByteOrder) {
    expect_ipv4(decoded(joined({2, 0, 0, 0}, ipv4_packet()), LinkType::kNullHost));
    expect_ipv4(decoded(joined({0, 0, 0, 2}, ipv4_packet()), LinkType::kNullHost));
    for (const uint8_t af_inet6 : {10, 24, 28, 30}) {
        expect_ipv6(decoded(joined({af_inet6, 0, 0, 0}, ipv6_packet()), LinkType::kNullHost));
        expect_ipv6(decoded(joined({0, 0, 0, af_inet6}, ipv6_packet()), LinkType::kNullHost));
    }
}

TEST(NullNetwork, FamilyIsReadInNetworkOrderOnly) {
    expect_ipv4(decoded(joined({0, 0, 0, 2}, ipv4_packet()), LinkType::kNullNetwork));
    expect_ipv6(decoded(joined({0, 0, 0, 24}, ipv6_packet()), LinkType::kNullNetwork));
    expect_no_ip(decoded(joined({2, 0, 0, 0}, ipv4_packet()), LinkType::kNullNetwork),
                 DecodeEvent::kLinkUnknown);
}

TEST(NullHost, OtherFamiliesAreUnknownAndCutOnesTruncated) {
    expect_no_ip(decoded(joined({7, 0, 0, 0}, ipv4_packet()), LinkType::kNullHost),
                 DecodeEvent::kLinkUnknown);
    expect_no_ip(decoded({2, 0, 0}, LinkType::kNullHost), DecodeEvent::kLinkTruncated);
    expect_no_ip(decoded(joined({2, 0, 0, 0}, ipv6_packet()), LinkType::kNullHost),
                 DecodeEvent::kIpBadVersion);
}

}  // namespace
}  // namespace peek::test
