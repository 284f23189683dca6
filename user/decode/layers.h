// SPDX-License-Identifier: BSD-2-Clause
// The steps of decode(). Each adds to the packet what it learns, and either hands on the bytes of
// the next layer or says there is none, with packet.event set if that is for a malformed or cut
// header.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "decode/packet.h"
#include "source/packet_source.h"

namespace peek::layers {

// The bytes of one layer. `captured` may hold less than `stated_len` (snap length), and, as long
// as the layer's own header has not been read, more (padding).
struct Layer {
    std::span<const uint8_t> captured;
    size_t stated_len = 0;
};

enum class IpVersion : uint8_t {
    kByNibble,  // raw IP: nothing but the header itself tells
    k4,
    k6
};

struct IpPayload {
    Layer layer;
    IpVersion version = IpVersion::kByNibble;
};

// What follows the first `len` bytes.
inline Layer skip(const Layer& layer, size_t len) {
    return {layer.captured.subspan(len), layer.stated_len - len};
}

// The first `len` bytes, as far as they are there.
inline Layer limit(const Layer& layer, size_t len) {
    return {layer.captured.first(std::min(len, layer.captured.size())), len};
}

// A packet that has not begun to be one: what a frame's header or a tunnel's leads to.
using MaybeIp = std::optional<IpPayload>;

inline std::nullopt_t stop(Packet& packet, DecodeEvent event) {
    packet.event = event;
    return std::nullopt;
}

// Counts an encapsulation; false, with the event set, if there are too many already.
inline bool may_open(Packet& packet) {
    if (packet.encapsulations == PEEK_MAX_ENCAPSULATIONS) {
        packet.event = DecodeEvent::kTunnelTooDeep;
        return false;
    }
    ++packet.encapsulations;
    return true;
}

MaybeIp decode_link(const PacketView& view, Packet& packet);
std::optional<Layer> decode_ip(const IpPayload& link_payload, Packet& packet);
// Both for an outermost IP packet that is plain: its header and TCP or UDP without anything that
// needs a second look. False: it is not, and nothing was decoded. Whatever it decodes, decode_ip()
// and decode_transport() decode alike.
bool decode_plain(const IpPayload& ip_packet, Packet& packet);
// A reassembled datagram: what begins with packet.protocol, extension headers too.
std::optional<Layer> decode_datagram(const Layer& datagram, Packet& packet);
// Gives the packet inside, if this is a tunnel.
MaybeIp decode_transport(const Layer& ip_payload, Packet& packet);

}  // namespace peek::layers
