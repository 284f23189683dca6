// SPDX-License-Identifier: BSD-2-Clause
// Teredo (RFC 4380 §5.1.1): an IPv6 packet behind an authentication and an origin indicator, each
// of which may be missing.
#include "decode/bytes.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

constexpr size_t kIpv6Header = 40;
constexpr uint16_t kOrigin = 0x0000;
constexpr uint16_t kAuthentication = 0x0001;
constexpr size_t kOriginSize = 8;
constexpr size_t kAuthenticationFixed = 13;  // with the nonce and the confirmation byte

bool begins_with(uint16_t indicator, const Layer& layer) {
    return layer.captured.size() >= 2 && be16(layer.captured, 0) == indicator;
}

// Both lengths that an authentication indicator states are of one byte.
size_t authentication_size(std::span<const uint8_t> bytes) {
    if (bytes.size() < 4) return kAuthenticationFixed;
    return kAuthenticationFixed + bytes[2] + bytes[3];
}

bool holds_ipv6(const Layer& layer) {
    return layer.captured.size() >= kIpv6Header && layer.captured[0] >> 4 == 6 &&
           be16(layer.captured, 4) + kIpv6Header <= layer.stated_len;
}

}  // namespace

MaybeIp open_teredo(const Layer& teredo, Packet& packet) {
    Layer rest = teredo;
    if (begins_with(kAuthentication, rest)) {
        const size_t size = authentication_size(rest.captured);
        if (rest.captured.size() < size) return stop(packet, DecodeEvent::kTeredoTruncated);
        rest = skip(rest, size);
    }
    if (begins_with(kOrigin, rest)) {
        if (rest.captured.size() < kOriginSize) return stop(packet, DecodeEvent::kTeredoTruncated);
        rest = skip(rest, kOriginSize);
    }
    if (!holds_ipv6(rest) || !may_open(packet)) return std::nullopt;
    return IpPayload{rest, IpVersion::k6};
}

}  // namespace peek::layers
