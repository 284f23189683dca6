// SPDX-License-Identifier: BSD-2-Clause
// VXLAN (RFC 7348), with the next protocol of VXLAN-GPE where its flag says so, and Geneve (RFC
// 8926).
#include "decode/bytes.h"
#include "decode/link.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

constexpr size_t kHeader = 8;  // of both

constexpr uint8_t kHasNetwork = 0x08;  // the I flag, which every VXLAN header has
constexpr uint8_t kHasNext = 0x04;     // the P flag of GPE

// VXLAN-GPE's numbers of next protocols.
enum class Next : uint8_t {
    kIpv4 = 1,
    kIpv6 = 2,
    kEthernet = 3,
    kMpls = 5
};

MaybeIp decode_next(Next next, const Layer& rest, Packet& packet) {
    switch (next) {
        case Next::kIpv4:
            return IpPayload{rest, IpVersion::k4};
        case Next::kIpv6:
            return IpPayload{rest, IpVersion::k6};
        case Next::kEthernet:
            return decode_ethernet(rest, packet);
        case Next::kMpls:
            return decode_mpls(rest, packet);
    }
    return stop(packet, DecodeEvent::kVxlanUnknown);
}

bool opens_geneve(uint16_t protocol) {
    return protocol == PEEK_ETH_TRANSPARENT || protocol == PEEK_ETH_IPV4 ||
           protocol == PEEK_ETH_IPV6 || protocol == PEEK_ETH_MPLS;
}

}  // namespace

MaybeIp open_vxlan(const Layer& vxlan, Packet& packet) {
    if (vxlan.captured.size() < kHeader || (vxlan.captured[0] & kHasNetwork) == 0)
        return std::nullopt;
    if (!may_open(packet)) return std::nullopt;
    const Layer rest = skip(vxlan, kHeader);
    if ((vxlan.captured[0] & kHasNext) == 0) return decode_ethernet(rest, packet);
    return decode_next(static_cast<Next>(vxlan.captured[3]), rest, packet);
}

MaybeIp open_geneve(const Layer& geneve, Packet& packet) {
    const auto& bytes = geneve.captured;
    if (bytes.size() < kHeader || bytes[0] >> 6 != 0) return std::nullopt;
    const uint16_t protocol = be16(bytes, 2);
    if (!opens_geneve(protocol)) return std::nullopt;
    const size_t size = kHeader + (bytes[0] & 0x3fU) * 4;
    if (bytes.size() < size) return stop(packet, DecodeEvent::kGeneveTruncated);
    if (!may_open(packet)) return std::nullopt;
    const Layer rest = skip(geneve, size);
    if (protocol == PEEK_ETH_TRANSPARENT) return decode_ethernet(rest, packet);
    return decode_ether_type(protocol, rest, packet);
}

}  // namespace peek::layers
