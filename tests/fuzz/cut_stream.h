// SPDX-License-Identifier: BSD-2-Clause
// A TCP stream seen whole and in pieces.
#pragma once

#include <algorithm>

#include "fuzz/fuzz.h"

namespace peek::fuzz {

inline void expect_same_when_cut(uint16_t port, Bytes data) {
    constexpr size_t kMaxStream = 8192;
    Input input(data);
    const Bytes cuts = input.take(8);
    const Bytes stream = input.take(kMaxStream);

    Inspection whole;
    whole.see(LinkType::kEthernet, tcp_frame(port, 1, stream));
    Inspection pieces;
    size_t at = 0;
    for (const uint8_t piece : cuts) {
        const size_t size = std::min<size_t>(piece, stream.size() - at);
        if (size == 0) continue;
        pieces.see(LinkType::kEthernet,
                   tcp_frame(port, static_cast<uint32_t>(1 + at), stream.subspan(at, size)));
        at += size;
    }
    if (at < stream.size())
        pieces.see(LinkType::kEthernet,
                   tcp_frame(port, static_cast<uint32_t>(1 + at), stream.subspan(at)));
    // Every segment may begin a request or a message while nothing better is known: pieces may show
    // more, and then a lower rule, never less.
    const Inspection::Found in_pieces = pieces.finish();
    for (const auto& expected : whole.finish())
        expect(std::any_of(in_pieces.begin(), in_pieces.end(), [&](const auto& found) {
            return found.first == expected.first && found.second <= expected.second;
        }));
}

}  // namespace peek::fuzz
