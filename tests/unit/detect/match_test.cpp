// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "decode/decode.h"
#include "detect/match.h"
#include "support/frame_builder.h"

namespace peek::test {
namespace {

PacketFacts facts_of(const Bytes& frame) {
    PacketView view;
    view.time = Timestamp{Nanoseconds{123456789}};
    view.ordinal = 42;
    view.interface = 3;
    view.hook = Hook::kEgress;
    view.generation = 7;
    view.wire_len = 1500;
    view.bytes = frame;
    Packet packet;
    decode(view, packet);
    return packet_facts(view, packet, 0);
}

TEST(PacketFacts, CarryWhatTheSourceKnew) {
    const PacketFacts facts = facts_of(eth().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80));
    EXPECT_EQ(to_ns(facts.time), 123456789);
    EXPECT_EQ(facts.ordinal, 42U);
    EXPECT_EQ(facts.interface, 3U);
    EXPECT_EQ(facts.hook, Hook::kEgress);
    EXPECT_EQ(facts.generation, 7U);
    EXPECT_EQ(facts.wire_len, 1500U);
}

TEST(PacketFacts, CarryAddressesPortsAndVlans) {
    const PacketFacts facts =
        facts_of(eth().vlan(0x2005).vlan(6).ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80));
    EXPECT_EQ(facts.src.to_string(), "10.0.0.1");
    EXPECT_EQ(facts.dst.to_string(), "10.0.0.2");
    EXPECT_EQ(facts.ip_depth, 0);
    EXPECT_EQ(facts.protocol, 6);
    EXPECT_TRUE(facts.has_ports);
    EXPECT_EQ(facts.src_port, 1000);
    EXPECT_EQ(facts.dst_port, 80);
    ASSERT_EQ(facts.vlan_count, 2);
    EXPECT_EQ(facts.vlan_ids[0], 5);
    EXPECT_EQ(facts.vlan_ids[1], 6);
    EXPECT_FALSE(facts.has_icmp);
}

TEST(PacketFacts, CarryIcmpTypeAndCodeInsteadOfPorts) {
    const PacketFacts facts = facts_of(eth().ipv6("fe80::1", "fe80::2").icmpv6(1, 4));
    EXPECT_FALSE(facts.has_ports);
    EXPECT_TRUE(facts.has_icmp);
    EXPECT_EQ(facts.icmp_type, 1);
    EXPECT_EQ(facts.icmp_code, 4);
}

}  // namespace
}  // namespace peek::test
