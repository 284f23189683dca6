// SPDX-License-Identifier: BSD-2-Clause
// https://www.radiotap.org: what a capturing station knows of a frame, in front of it. All of it is
// little-endian. Read for its length, and for one flag that says where the frame's payload begins.
#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr size_t kHeader = 8;  // version, pad, length, first word of what is present
constexpr size_t kWord = 4;
constexpr uint32_t kTsftPresent = 1U << 0;
constexpr uint32_t kFlagsPresent = 1U << 1;
constexpr uint32_t kMorePresent = 1U << 31;
constexpr size_t kTsft = 8;  // and its alignment
constexpr uint8_t kFlagDataPad = 0x20;

// The flags field: 0 if there is none. `header`: radiotap's whole header.
uint8_t flags_of(std::span<const uint8_t> header) {
    const uint32_t present = le32(header, kWord);
    size_t at = kWord;
    for (uint32_t word = present; (word & kMorePresent) != 0; word = le32(header, at)) {
        at += kWord;
        if (header.size() < at + kWord) return 0;
    }
    at += kWord;
    if ((present & kFlagsPresent) == 0) return 0;
    if ((present & kTsftPresent) != 0) at = (at + kTsft - 1) / kTsft * kTsft + kTsft;
    return at < header.size() ? header[at] : uint8_t{0};
}

}  // namespace

MaybeIp decode_radiotap(const Layer& frame, Packet& packet) {
    if (frame.captured.size() < kHeader) return stop(packet, DecodeEvent::kRadiotapTruncated);
    const size_t len = le16(frame.captured, 2);
    if (frame.captured[0] != 0 || len < kHeader)
        return stop(packet, DecodeEvent::kRadiotapBadHeader);
    if (frame.captured.size() < len) return stop(packet, DecodeEvent::kRadiotapTruncated);
    const bool padded = (flags_of(frame.captured.first(len)) & kFlagDataPad) != 0;
    return decode_wlan(skip(frame, len), padded, packet);
}

}  // namespace peek::layers
