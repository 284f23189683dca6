// SPDX-License-Identifier: BSD-2-Clause
// Plain packets are decoded in one step: whatever that makes of a frame, cut or mangled, is what
// layer by layer makes of it.
#include "decode/layers.h"
#include "samples.h"

namespace peek::test {
namespace {

void decode_layer_by_layer(const PacketView& view, Packet& packet) {
    static_cast<PacketHeaders&>(packet) = {};
    layers::MaybeIp network = layers::decode_link(view, packet);
    while (network) {
        const auto transport = layers::decode_ip(*network, packet);
        network = transport ? layers::decode_transport(*transport, packet) : std::nullopt;
    }
    if (packet.ip_count > 0) packet.ip[packet.ip_count - 1U].protocol = packet.protocol;
}

void expect_same_bytes(std::span<const uint8_t> a, std::span<const uint8_t> b) {
    EXPECT_EQ(a.size(), b.size());
    EXPECT_TRUE(a.empty() || a.data() == b.data());
}

auto counts(const Packet& p) {
    return std::tuple(p.vlan_count, p.ip_count, p.tunnel_count, p.encapsulations, p.event);
}
auto transport(const Packet& p) {
    return std::tuple(p.protocol, p.transport, p.has_ports, p.src_port, p.dst_port, p.tcp_flags,
                      p.tcp_seq, p.tcp_urgent, p.has_icmp, p.icmp_type, p.icmp_code, p.payload_len);
}
auto fragment(const Packet& p) {
    const FragmentFacts& f = p.fragment_facts;
    return std::tuple(p.fragment, p.first_fragment, f.protocol, f.id, f.offset, f.more,
                      f.stated_len);
}

void expect_same(const Packet& a, const Packet& b) {
    ASSERT_TRUE(counts(a) == counts(b));
    EXPECT_TRUE(transport(a) == transport(b));
    EXPECT_TRUE(fragment(a) == fragment(b));
    expect_same_bytes(a.payload, b.payload);
    expect_same_bytes(a.fragment_facts.bytes, b.fragment_facts.bytes);
    for (size_t i = 0; i < a.vlan_count; ++i) EXPECT_EQ(a.vlan_ids[i], b.vlan_ids[i]);
    for (size_t i = 0; i < a.ip_count; ++i) {
        EXPECT_TRUE(a.ip[i].src == b.ip[i].src && a.ip[i].dst == b.ip[i].dst);
        EXPECT_EQ(a.ip[i].protocol, b.ip[i].protocol);
    }
    for (size_t i = 0; i < a.tunnel_count; ++i)
        expect_same_bytes(a.tunnels[i].bytes, b.tunnels[i].bytes);
}

void expect_same_either_way(const Bytes& frame, LinkType link) {
    const auto exact = std::make_unique<Bytes>(frame);
    const PacketView view = view_of(*exact, link);
    Packet at_once;
    Packet by_layer;
    decode(view, at_once);
    decode_layer_by_layer(view, by_layer);
    expect_same(at_once, by_layer);
}

class Plain : public testing::TestWithParam<Sample> {};

TEST_P(Plain, AFrameCutAnywhereIsTheSameLayerByLayer) {
    for (size_t size = 0; size <= GetParam().frame.size(); ++size) {
        SCOPED_TRACE(size);
        expect_same_either_way(cut(GetParam().frame, size), GetParam().link);
    }
}

TEST_P(Plain, AFrameWithAnyByteChangedIsTheSameLayerByLayer) {
    for (size_t at = 0; at < GetParam().frame.size(); ++at) {
        SCOPED_TRACE(at);
        Bytes frame = GetParam().frame;
        const int before = frame[at];
        for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, before, 0xff ^ before}) {
            frame[at] = static_cast<uint8_t>(before ^ change);
            expect_same_either_way(frame, GetParam().link);
        }
    }
}

std::vector<Sample> plain_samples() {
    const Frame ip4 = eth().vlan(7).ipv4("10.0.0.1", "10.0.0.2");
    const Frame ip6 = eth().ipv6("2001:db8::1", "2001:db8::2");
    return {
        {"ack", LinkType::kEthernet, Frame(ip4).tcp(1, 2)},
        {"syn and data", LinkType::kEthernet, Frame(ip6).tcp(1, 2, kSyn).payload("payload")},
        {"urgent", LinkType::kEthernet, Frame(ip4).options(4).tcp(1, 2, 0x30).payload("payload")},
        {"udp 4", LinkType::kEthernet, Frame(ip4).udp(1, 2).payload("payload").trailer(9)},
        {"udp 6", LinkType::kEthernet, Frame(ip6).udp(1, 2).payload("payload").trailer(9)},
    };
}

INSTANTIATE_TEST_SUITE_P(Common, Plain, testing::ValuesIn(plain_samples()), sample_name);
INSTANTIATE_TEST_SUITE_P(Headers, Plain, testing::ValuesIn(header_samples()), sample_name);
INSTANTIATE_TEST_SUITE_P(Tunnels, Plain, testing::ValuesIn(tunnel_samples()), sample_name);
INSTANTIATE_TEST_SUITE_P(Links, Plain, testing::ValuesIn(link_samples()), sample_name);

// Else the others would compare one way with itself.
TEST(PlainPackets, AreDecodedInOneStep) {
    for (const Sample& sample : plain_samples()) {
        SCOPED_TRACE(sample.name);
        Packet packet;
        const auto network = layers::decode_link(view_of(sample.frame, sample.link), packet);
        ASSERT_TRUE(network);
        EXPECT_TRUE(layers::decode_plain(*network, packet));
    }
}

}  // namespace
}  // namespace peek::test
