// SPDX-License-Identifier: BSD-2-Clause
// The three steps of decode(), each in a file of its own. Each adds to the packet what it learns,
// and either hands on the bytes of the next layer or says there is none, with packet.event set if
// that is for a malformed or cut header.
#pragma once

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

std::optional<IpPayload> decode_link(const PacketView& view, Packet& packet);
std::optional<Layer> decode_ip(const IpPayload& link_payload, Packet& packet);
void decode_transport(const Layer& ip_payload, Packet& packet);

}  // namespace peek::layers
