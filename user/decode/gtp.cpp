// SPDX-License-Identifier: BSD-2-Clause
// GTP-U (3GPP TS 29.281 §5): version 1, messages that carry a packet.
#include "decode/bytes.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

constexpr size_t kHeader = 8;
constexpr size_t kOptional = 4;  // sequence number, N-PDU number, type of the next extension
constexpr uint8_t kShape = 0xf0;
constexpr uint8_t kVersion1 = 0x30;  // and the bit that tells it from GTP'
constexpr uint8_t kAnyOptional = 0x07;
constexpr uint8_t kHasExtension = 0x04;
constexpr uint8_t kPacketInside = 0xff;

// `rest` begins with an extension header, and with what carries the packet after it. An extension
// header states its length in units of four bytes and ends with the type of the next.
bool skip_extensions(Layer& rest, uint8_t type, Packet& packet) {
    while (type != 0) {
        const auto& bytes = rest.captured;
        const size_t len = bytes.empty() ? 0 : bytes[0] * size_t{4};
        if (bytes.empty() || bytes.size() < len) {
            packet.event = DecodeEvent::kGtpTruncated;
            return false;
        }
        if (len == 0) {
            packet.event = DecodeEvent::kGtpBadExtension;
            return false;
        }
        type = bytes[len - 1];
        rest = skip(rest, len);
    }
    return true;
}

bool begins_with_ip(const Layer& layer) {
    const int half_byte = layer.captured.empty() ? 0 : layer.captured[0] >> 4;
    return half_byte == 4 || half_byte == 6;
}

}  // namespace

MaybeIp open_gtp(const Layer& gtp, Packet& packet) {
    if (gtp.captured.size() < kHeader) return std::nullopt;
    const uint8_t flags = gtp.captured[0];
    if ((flags & kShape) != kVersion1 || gtp.captured[1] != kPacketInside) return std::nullopt;
    const size_t len = be16(gtp.captured, 2);
    Layer rest = skip(gtp, kHeader);
    rest = limit(rest, std::min(len, rest.stated_len));
    if ((flags & kAnyOptional) != 0) {
        if (rest.captured.size() < kOptional) return stop(packet, DecodeEvent::kGtpTruncated);
        const uint8_t extension = (flags & kHasExtension) != 0 ? rest.captured[3] : uint8_t{0};
        rest = skip(rest, kOptional);
        if (!skip_extensions(rest, extension, packet)) return std::nullopt;
    }
    if (!begins_with_ip(rest) || !may_open(packet)) return std::nullopt;
    return IpPayload{rest, IpVersion::kByNibble};
}

}  // namespace peek::layers
