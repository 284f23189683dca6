// SPDX-License-Identifier: BSD-2-Clause
// GRE: version 0 (RFC 2784, RFC 2890) with what EtherTypes name, Ethernet and ERSPAN in it; version
// 1 (RFC 2637, PPTP) with PPP.
#include "decode/bytes.h"
#include "decode/link.h"
#include "decode/tunnel.h"

namespace peek::layers {
namespace {

constexpr size_t kGreHeader = 4;
constexpr uint16_t kChecksum = 0x8000;
constexpr uint16_t kRouting = 0x4000;
constexpr uint16_t kKey = 0x2000;
constexpr uint16_t kSequence = 0x1000;
constexpr uint16_t kAcknowledgment = 0x0080;  // version 1
constexpr uint16_t kVersionMask = 0x0007;
constexpr size_t kOptional = 4;  // bytes of each optional field

constexpr size_t kPptpHeader = 8;
constexpr uint16_t kPpp = 0x880b;

constexpr uint16_t kErspan1Or2 = 0x88be;
constexpr uint16_t kErspan3 = 0x22eb;
constexpr size_t kErspan2Header = 8;
constexpr size_t kErspan3Header = 12;
constexpr size_t kErspan3Platform = 8;
constexpr uint8_t kErspan3HasPlatform = 0x01;  // last byte
constexpr uint16_t kFrameTypeMask = 0x7c00;    // of the two bytes before the last two
constexpr uint16_t kFrameTypeIp = 2 << 10;

size_t gre_size(uint16_t flags) {
    size_t size = kGreHeader;
    for (const uint16_t optional : {kChecksum, kKey, kSequence})
        if ((flags & optional) != 0) size += kOptional;
    return size;
}

// The drafts by Foschiano: ERSPAN version 1 is called type II, version 2 type III.
int erspan_version(const Layer& erspan) {
    return erspan.captured[0] >> 4;
}

MaybeIp open_erspan2(const Layer& erspan, Packet& packet) {
    if (erspan.captured.size() < kErspan2Header) return stop(packet, DecodeEvent::kErspanTruncated);
    if (erspan_version(erspan) != 1) return stop(packet, DecodeEvent::kErspanBadHeader);
    return decode_ethernet(skip(erspan, kErspan2Header), packet);
}

MaybeIp open_erspan3(const Layer& erspan, Packet& packet) {
    if (erspan.captured.size() < kErspan3Header) return stop(packet, DecodeEvent::kErspanTruncated);
    if (erspan_version(erspan) != 2) return stop(packet, DecodeEvent::kErspanBadHeader);
    size_t len = kErspan3Header;
    if ((erspan.captured[11] & kErspan3HasPlatform) != 0) len += kErspan3Platform;
    if (erspan.captured.size() < len) return stop(packet, DecodeEvent::kErspanTruncated);
    const Layer frame = skip(erspan, len);
    if ((be16(erspan.captured, 10) & kFrameTypeMask) == kFrameTypeIp)
        return IpPayload{frame, IpVersion::kByNibble};
    return decode_ethernet(frame, packet);
}

MaybeIp open_gre0(uint16_t flags, uint16_t protocol, const Layer& rest, Packet& packet) {
    switch (protocol) {
        case PEEK_ETH_TRANSPARENT:
            return decode_ethernet(rest, packet);
        case kErspan1Or2:  // type I has no header of its own, and GRE no sequence number
            if ((flags & kSequence) == 0) return decode_ethernet(rest, packet);
            return open_erspan2(rest, packet);
        case kErspan3:
            return open_erspan3(rest, packet);
        default:
            if (protocol <= PEEK_ETH_LENGTH_MAX) return std::nullopt;
            return decode_ether_type(protocol, rest, packet);
    }
}

MaybeIp open_pptp(const Layer& gre, uint16_t flags, Packet& packet) {
    if (be16(gre.captured, 2) != kPpp || (flags & kKey) == 0)
        return stop(packet, DecodeEvent::kGreBadHeader);
    size_t size = kPptpHeader;
    for (const uint16_t optional : {kSequence, kAcknowledgment})
        if ((flags & optional) != 0) size += kOptional;
    if (gre.captured.size() < size) return stop(packet, DecodeEvent::kGreTruncated);
    if ((flags & kSequence) == 0) return std::nullopt;  // an acknowledgment alone
    if (!may_open(packet)) return std::nullopt;
    const size_t len = be16(gre.captured, 4);
    const Layer rest = skip(gre, size);
    return decode_ppp(limit(rest, std::min(len, rest.stated_len)), packet);
}

}  // namespace

MaybeIp open_gre(const Layer& gre, Packet& packet) {
    if (gre.captured.size() < kGreHeader) return stop(packet, DecodeEvent::kGreTruncated);
    const uint16_t flags = be16(gre.captured, 0);
    if ((flags & kVersionMask) == 1) return open_pptp(gre, flags, packet);
    if ((flags & (kVersionMask | kRouting)) != 0) return stop(packet, DecodeEvent::kGreBadHeader);
    const size_t size = gre_size(flags);
    if (gre.captured.size() < size) return stop(packet, DecodeEvent::kGreTruncated);
    if (!may_open(packet)) return std::nullopt;
    return open_gre0(flags, be16(gre.captured, 2), skip(gre, size), packet);
}

}  // namespace peek::layers
