// SPDX-License-Identifier: BSD-2-Clause
// decoded(frame): a frame and what decode() makes of it. The frame is held in memory of exactly
// its size, so that AddressSanitizer sees every read past it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "decode/decode.h"
#include "support/frame_builder.h"

namespace peek {

inline std::ostream& operator<<(std::ostream& out, DecodeEvent event) {
    return out << decode_event_name(event);
}

}  // namespace peek

namespace peek::test {

inline PacketView view_of(const Bytes& frame, LinkType link) {
    PacketView view;
    view.link = link;
    view.wire_len = static_cast<uint32_t>(frame.size());
    view.bytes = frame;
    return view;
}

struct Decoded : Packet {
    std::unique_ptr<Bytes> frame;

    std::string src() const { return ip_count == 0 ? "none" : inner().src.to_string(); }
    std::string dst() const { return ip_count == 0 ? "none" : inner().dst.to_string(); }
    std::string src(size_t layer) const { return ip[layer].src.to_string(); }
    std::string dst(size_t layer) const { return ip[layer].dst.to_string(); }
    std::string text() const { return {payload.begin(), payload.end()}; }
    std::pair<int, int> ports() const { return {src_port, dst_port}; }
    // Of what IP layer `layer` carries.
    std::string text(size_t layer) const {
        const auto bytes = payload_of(layer);
        return {bytes.begin(), bytes.end()};
    }
    std::pair<int, int> ports(size_t layer) const {
        if (layer + 1 == ip_count) return ports();
        const Payload* outer = outer_payload_of(layer);
        return outer == nullptr ? std::pair(0, 0)
                                : std::pair<int, int>(outer->src_port, outer->dst_port);
    }
    std::vector<int> vlans() const { return {vlan_ids.begin(), vlan_ids.begin() + vlan_count}; }
};

inline Decoded decoded(const Bytes& frame, LinkType link = LinkType::kEthernet) {
    Decoded result;
    result.frame = std::make_unique<Bytes>(frame.begin(), frame.end());
    decode(view_of(*result.frame, link), result);
    return result;
}

// Of a frame of which the capture kept only the first `kept` bytes.
inline Decoded decoded_snapped(const Bytes& frame, size_t kept) {
    Decoded result;
    result.frame = std::make_unique<Bytes>(cut(frame, kept));
    PacketView view = view_of(*result.frame, LinkType::kEthernet);
    view.wire_len = static_cast<uint32_t>(frame.size());
    decode(view, result);
    return result;
}

using Ports = std::pair<int, int>;
using Vlans = std::vector<int>;

}  // namespace peek::test
