// SPDX-License-Identifier: BSD-2-Clause
// IEEE 802.2: an LLC header, mostly with SNAP behind it (RFC 1042, RFC 2684 §5.1).
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr size_t kLlcHeader = 3;
constexpr size_t kSnapHeader = 8;
constexpr uint32_t kSapSnap = 0xaaaa03;
constexpr uint32_t kSapIp = 0x060603;
constexpr uint32_t kSapIso = 0xfefe03;
constexpr uint8_t kNlpidIpv4 = 0xcc;
constexpr uint8_t kNlpidIpv6 = 0x8e;

uint32_t be24(std::span<const uint8_t> bytes, size_t at) {
    return uint32_t{bytes[at]} << 16 | be16(bytes, at + 1);
}

MaybeIp decode_nlpid(const Layer& rest, Packet& packet) {
    if (rest.captured.empty()) return stop(packet, DecodeEvent::kLlcTruncated);
    if (rest.captured[0] == kNlpidIpv4) return IpPayload{skip(rest, 1), IpVersion::k4};
    if (rest.captured[0] == kNlpidIpv6) return IpPayload{skip(rest, 1), IpVersion::k6};
    return std::nullopt;
}

// The organizations under which the protocol is an EtherType: RFC 1042, and IEEE 802.1H bridges.
bool means_ether_type(uint32_t organization) {
    return organization == 0 || organization == 0x0000f8;
}

MaybeIp decode_snap(const Layer& pdu, Packet& packet) {
    if (pdu.captured.size() < kSnapHeader) return stop(packet, DecodeEvent::kLlcTruncated);
    const uint16_t type = be16(pdu.captured, 6);
    if (!means_ether_type(be24(pdu.captured, 3)) || type <= PEEK_ETH_LENGTH_MAX)
        return std::nullopt;
    return decode_ether_type(type, skip(pdu, kSnapHeader), packet);
}

}  // namespace

MaybeIp decode_llc(const Layer& pdu, Packet& packet) {
    if (pdu.captured.size() < kLlcHeader) return stop(packet, DecodeEvent::kLlcTruncated);
    if (!may_open(packet)) return std::nullopt;
    switch (be24(pdu.captured, 0)) {
        case kSapSnap:
            return decode_snap(pdu, packet);
        case kSapIp:
            return IpPayload{skip(pdu, kLlcHeader), IpVersion::k4};
        case kSapIso:
            return decode_nlpid(skip(pdu, kLlcHeader), packet);
        default:
            return std::nullopt;
    }
}

}  // namespace peek::layers
