// SPDX-License-Identifier: BSD-2-Clause
// Frames of every header form, cut at every length and with every bit flipped: whatever decode()
// then makes of them, what it says must hold.
#include "samples.h"

namespace peek::test {
namespace {

bool lies_inside(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

// Each payload lies inside those around it.
void expect_nested(const Decoded& p) {
    std::span<const uint8_t> around = *p.frame;
    for (const Payload& outer : p.outer_payloads()) {
        EXPECT_TRUE(lies_inside(outer.bytes, around));
        EXPECT_FALSE(outer.bytes.empty());
        EXPECT_LT(outer.ip_index + 1, p.ip_count);
        EXPECT_EQ(p.ip[outer.ip_index].protocol, 17);
        around = outer.bytes;
    }
    EXPECT_TRUE(lies_inside(p.payload, around));
}

void expect_consistent(const Decoded& p) {
    const bool payload_carrier = p.transport == Transport::kTcp || p.transport == Transport::kUdp;
    EXPECT_LE(p.ip_count, p.encapsulations + 1);
    EXPECT_LE(p.encapsulations, PEEK_MAX_ENCAPSULATIONS);
    EXPECT_LE(p.vlan_count, p.vlan_ids.size());
    EXPECT_TRUE(lies_inside(p.payload, *p.frame));
    EXPECT_LE(p.payload.size(), p.payload_len);
    EXPECT_LT(p.event, DecodeEvent::kCount);
    EXPECT_TRUE(p.transport == Transport::kNone || p.ip_count >= 1);
    EXPECT_TRUE(p.payload.empty() || payload_carrier);
    EXPECT_TRUE(p.tcp_flags == 0 || p.transport == Transport::kTcp);
    EXPECT_TRUE(p.fragment || !p.first_fragment);
    EXPECT_TRUE(p.transport == Transport::kNone || p.fragment == p.first_fragment);
    EXPECT_EQ(p.has_ports, payload_carrier || p.transport == Transport::kSctp);
    EXPECT_LE(p.tunnel_count, p.encapsulations);
    expect_nested(p);
    EXPECT_EQ(p.has_icmp, p.transport == Transport::kIcmp || p.transport == Transport::kIcmpv6);
}

class Mangled : public testing::TestWithParam<Sample> {};

TEST_P(Mangled, WholeFrameDecodesWithoutAnEvent) {
    const Decoded packet = decoded(GetParam().frame, GetParam().link);
    EXPECT_EQ(packet.event, DecodeEvent::kNone);
    EXPECT_NE(packet.transport, Transport::kNone);
    EXPECT_EQ(packet.ip_count, GetParam().ip_layers);
    expect_consistent(packet);
}

TEST_P(Mangled, EveryTruncationIsConsistent) {
    for (size_t size = 0; size < GetParam().frame.size(); ++size) {
        SCOPED_TRACE(size);
        expect_consistent(decoded(cut(GetParam().frame, size), GetParam().link));
    }
}

TEST_P(Mangled, ATruncationNeverShowsAnotherPacket) {
    const Decoded whole = decoded(GetParam().frame, GetParam().link);
    for (size_t size = 0; size < GetParam().frame.size(); ++size) {
        SCOPED_TRACE(size);
        const Decoded packet = decoded(cut(GetParam().frame, size), GetParam().link);
        ASSERT_LE(packet.ip_count, whole.ip_count);
        for (size_t i = 0; i < packet.ip_count; ++i) EXPECT_EQ(packet.src(i), whole.src(i));
        if (packet.ip_count == 0) continue;
        const size_t last = packet.ip_count - 1U;
        EXPECT_TRUE(!packet.has_ports || packet.ports() == whole.ports(last));
        EXPECT_EQ(packet.text(), whole.text(last).substr(0, packet.payload.size()));
    }
}

TEST_P(Mangled, EveryFlippedBitIsConsistent) {
    for (size_t at = 0; at < GetParam().frame.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            SCOPED_TRACE(at);
            Bytes frame = GetParam().frame;
            frame[at] = static_cast<uint8_t>(frame[at] ^ (1 << bit));
            expect_consistent(decoded(frame, GetParam().link));
        }
    }
}

TEST_P(Mangled, EveryByteSetToItsExtremesAndThenCutIsConsistent) {
    for (size_t at = 0; at < GetParam().frame.size(); ++at) {
        for (const uint8_t value : {0x00, 0xff}) {
            SCOPED_TRACE(at);
            Bytes frame = GetParam().frame;
            frame[at] = value;
            expect_consistent(decoded(frame, GetParam().link));
            expect_consistent(decoded(cut(frame, (at + frame.size()) / 2), GetParam().link));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Frames, Mangled, testing::ValuesIn(header_samples()), sample_name);
INSTANTIATE_TEST_SUITE_P(Tunnels, Mangled, testing::ValuesIn(tunnel_samples()), sample_name);
INSTANTIATE_TEST_SUITE_P(Links, Mangled, testing::ValuesIn(link_samples()), sample_name);

}  // namespace
}  // namespace peek::test
