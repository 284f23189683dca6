// SPDX-License-Identifier: BSD-2-Clause
// Datagram: what has come of one fragmented IP datagram, and what other fragments say of the same
// bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/packet.h"
#include "stream/stream_event.h"

namespace peek {

class Datagram {
  public:
    // RFC 791 §3.1: the longest datagram, here without its header.
    static constexpr size_t kMaxBytes = 65'535;
    // Differing stretches that are tried with old and new bytes independently; further ones go with
    // the last of them. 2^3 readings.
    static constexpr size_t kMaxChoices = 3;
    static constexpr size_t kMaxEnds = 4;
    static constexpr size_t kMaxNeeds = 1024;
    static constexpr size_t kMaxDiffering = 256;  // stretches; what is above is counted as capped

    // The first bytes for a place are kept, others noted as differing. Returns whether the fragment
    // says something new: bytes or an end.
    bool add(const FragmentFacts& fragment, uint64_t ordinal, StreamCounts& counts);

    // Whether bytes up to some fragment's end that has no more behind it are there, and the
    // fragment with offset 0, which tells the protocol.
    bool complete() const;
    uint8_t protocol() const { return protocol_; }
    std::vector<std::vector<uint8_t>> readings(StreamCounts& counts) const;
    // Ordinals of the packets, in the order in which they were given.
    const std::vector<uint64_t>& packets() const { return packets_; }
    size_t memory_bytes() const;

  private:
    void take(const FragmentFacts& fragment, uint64_t ordinal, StreamCounts& counts);
    // Grows with all that is known of the datagram.
    size_t extent() const { return count_ + bytes_.size() + differing_.size() + ends_.size(); }

    static constexpr size_t kUnit = 8;  // bytes; fragments begin at multiples
    struct Differing {
        size_t offset;
        std::vector<uint8_t> bytes;
    };

    void place(size_t offset, std::span<const uint8_t> bytes, StreamCounts& counts);
    void add_end(size_t end, StreamCounts& counts);
    bool has(size_t unit) const { return unit < units_.size() && (units_[unit] & kHas) != 0; }
    bool holds_up_to(size_t end) const;

    static constexpr uint8_t kHas = 1;
    static constexpr uint8_t kFirst = 2;  // a fragment's

    std::vector<uint8_t> bytes_;
    std::vector<uint8_t> units_;
    std::vector<Differing> differing_;
    std::vector<size_t> ends_;
    std::vector<uint64_t> packets_;
    size_t count_ = 0;  // units that are there
    uint8_t protocol_ = 0;
    bool has_first_ = false;
};

}  // namespace peek
