// SPDX-License-Identifier: BSD-2-Clause
// IEEE 802.11-2020 §9.2, §9.3.2: data frames. Management and control frames carry no IP and are no
// event. The FCS, where it was captured, lies behind what the IP header's length covers.
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kFrameControl = 2;
constexpr size_t kHeader = 24;  // with three addresses
constexpr size_t kSequenceAt = 22;
constexpr size_t kFourthAddress = 6;
constexpr size_t kQosControl = 2;
constexpr size_t kHtControl = 4;
constexpr size_t kSubframeHeader = 14;  // of an A-MSDU: two addresses, length

// First byte of frame control.
constexpr uint8_t kVersionMask = 0x03;
constexpr uint8_t kTypeMask = 0x0c;
constexpr uint8_t kTypeData = 0x08;
constexpr uint8_t kNoData = 0x40;
constexpr uint8_t kQos = 0x80;
// Second byte.
constexpr uint8_t kBothDs = 0x03;
constexpr uint8_t kProtected = 0x40;
constexpr uint8_t kOrder = 0x80;

constexpr uint8_t kAmsduPresent = 0x80;  // first byte of QoS control

struct Header {
    size_t len;
    bool amsdu;
};

// `bytes` hold the first two bytes and more, if the result is to tell of an A-MSDU.
Header header_of(Bytes bytes) {
    size_t len = kHeader;
    if ((bytes[1] & kBothDs) == kBothDs) len += kFourthAddress;
    if ((bytes[0] & kQos) == 0) return {len, false};
    const bool amsdu = bytes.size() > len && (bytes[len] & kAmsduPresent) != 0;
    len += kQosControl;
    if ((bytes[1] & kOrder) != 0) len += kHtControl;
    return {len, amsdu};
}

size_t rounded_up(size_t len) {
    return (len + 3) & ~size_t{3};
}

MaybeIp decode_amsdu(const Layer& amsdu, Packet& packet) {
    if (amsdu.captured.size() < kSubframeHeader) return stop(packet, DecodeEvent::kWlanTruncated);
    const size_t len = be16(amsdu.captured, 12);
    if (amsdu.stated_len > rounded_up(kSubframeHeader + len) + kSubframeHeader)
        packet.event = DecodeEvent::kWlanAmsduRest;
    const Layer rest = skip(amsdu, kSubframeHeader);
    return decode_llc(limit(rest, std::min(len, rest.stated_len)), packet);
}

}  // namespace

MaybeIp decode_wlan(const Layer& frame, bool padded, Packet& packet) {
    const Bytes bytes = frame.captured;
    if (bytes.size() < kFrameControl) return stop(packet, DecodeEvent::kWlanTruncated);
    if ((bytes[0] & kVersionMask) != 0) return stop(packet, DecodeEvent::kLinkUnknown);
    if ((bytes[0] & kTypeMask) != kTypeData || (bytes[0] & kNoData) != 0) return std::nullopt;
    const Header header = header_of(bytes);
    const size_t len = padded ? rounded_up(header.len) : header.len;
    if (bytes.size() < len) return stop(packet, DecodeEvent::kWlanTruncated);
    if ((bytes[1] & kProtected) != 0) return stop(packet, DecodeEvent::kWlanProtected);
    if ((bytes[kSequenceAt] & 0x0f) != 0) return stop(packet, DecodeEvent::kWlanFragment);
    if (header.amsdu) return decode_amsdu(skip(frame, len), packet);
    return decode_llc(skip(frame, len), packet);
}

}  // namespace peek::layers
