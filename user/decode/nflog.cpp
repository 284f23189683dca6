// SPDX-License-Identifier: BSD-2-Clause
// LINKTYPE_NFLOG: family, version, group, then attributes of netfilter's log, one of which is the
// packet. An attribute's length and type are in the byte order of the machine that captured, which
// nothing states: what leads through the attributes is believed.
#include <netinet/in.h>

#include "decode/bytes.h"
#include "decode/link.h"

namespace peek::layers {
namespace {

constexpr size_t kHeader = 4;
constexpr size_t kAttributeHeader = 4;
constexpr uint16_t kPayloadAttribute = 9;  // NFULA_PAYLOAD
constexpr uint8_t kFamilyIpv4 = 2;
constexpr uint8_t kFamilyIpv6 = 10;

IpVersion version_of(uint8_t family) {
    if (family == kFamilyIpv4) return IpVersion::k4;
    return family == kFamilyIpv6 ? IpVersion::k6 : IpVersion::kByNibble;
}

enum class Attributes : uint8_t {
    kPayload,
    kNone,  // they end, and none is the payload
    kBroken
};

// Finds the payload in `rest`, which begins with an attribute, and leaves nothing but it there.
Attributes find_payload(uint16_t (*read)(std::span<const uint8_t>, size_t), Layer& rest) {
    while (!rest.captured.empty()) {
        if (rest.captured.size() < kAttributeHeader) return Attributes::kBroken;
        const size_t len = read(rest.captured, 0);
        const uint16_t type = read(rest.captured, 2);
        if (len < kAttributeHeader) return Attributes::kBroken;
        if (type == kPayloadAttribute) {
            rest = skip(limit(rest, std::min(len, rest.stated_len)), kAttributeHeader);
            return Attributes::kPayload;
        }
        const size_t padded = (len + 3) & ~size_t{3};
        if (padded > rest.stated_len) return Attributes::kBroken;
        if (padded > rest.captured.size()) return Attributes::kNone;
        rest = skip(rest, padded);
    }
    return Attributes::kNone;
}

}  // namespace

MaybeIp decode_nflog(const Layer& message, Packet& packet) {
    if (message.captured.size() < kHeader) return stop(packet, DecodeEvent::kNflogTruncated);
    if (message.captured[1] != 0) return stop(packet, DecodeEvent::kLinkUnknown);
    const Layer attributes = skip(message, kHeader);
    Layer payload = attributes;
    Attributes found = find_payload(le16, payload);
    if (found == Attributes::kBroken) found = find_payload(be16, payload = attributes);
    if (found == Attributes::kBroken) return stop(packet, DecodeEvent::kNflogTruncated);
    if (found == Attributes::kNone) return stop(packet, DecodeEvent::kNflogNoPayload);
    return IpPayload{payload, version_of(message.captured[0])};
}

}  // namespace peek::layers
