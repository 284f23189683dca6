// SPDX-License-Identifier: BSD-2-Clause
// TcpRun: contiguous bytes of a TCP direction in one reading, what is kept of them, and what the
// parsers over them know. TcpStreams owns runs and decides which segment belongs to which.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stream/dns_stream.h"
#include "stream/http_stream.h"

namespace peek {

class StreamVisitor;

// A is in front of B if the distance is negative; sequence numbers wrap (RFC 9293 §3.4).
inline int32_t seq_distance(uint32_t from, uint32_t to) {
    return static_cast<int32_t>(to - from);
}

class TcpRun {
  public:
    // So many of the last pieces are kept to compare overlaps, at least.
    static constexpr size_t kHistory = 4;
    // What waits behind a gap, and what a request or message that is being read came in, at most.
    static constexpr size_t kMaxHeld = 1024;
    static constexpr size_t kMaxNeeded = 256;

    // What is kept of a segment. `bytes` is null when they are not.
    struct Piece {
        uint32_t seq;
        uint32_t len;
        uint64_t ordinal;
        const uint8_t* bytes;
        std::shared_ptr<const uint8_t[]> copy;  // owns them unless the source does

        uint32_t end() const { return seq + len; }
    };
    enum class Overlap : uint8_t {
        kSame,
        kUnknown,  // nothing is kept of some bytes, the others are the same
        kDiffers
    };
    struct Reading {
        StreamVisitor& visitor;
        HttpStream& spare;  // an idle one, so that runs without requests need none
        bool dns;
    };

    // Begins at `begin`; of another reading of a run, what is kept begins at `end`.
    TcpRun(uint32_t begin, uint32_t end) : begin_(begin), end_(end) {}
    TcpRun copy() const;

    uint32_t begin() const { return begin_; }
    uint32_t end() const { return end_; }
    const std::vector<Piece>& pieces() const { return pieces_; }

    // `piece` follows, and is kept; `bytes` are its bytes, valid during the call.
    void read(std::span<const uint8_t> bytes, Piece piece, const Reading& reading);
    // A byte that this reading does not have.
    void skip_byte(uint64_t ordinal);
    void finish(const Reading& reading);

    // `bytes` against what is kept from `seq` on, as far as the run goes.
    Overlap compare(uint32_t seq, std::span<const uint8_t> bytes) const;
    // Both end at the same place and would read the same from whatever comes next.
    bool expects_same(const TcpRun& other) const;

    // Everything is kept from the beginning on, for a run in front to read once the gap fills.
    bool held() const { return held_; }
    void hold(bool held) { held_ = held; }
    bool whole() const { return !pieces_.empty() && pieces_.front().seq == begin_; }

    // Whether a request or a message is being read, or a body.
    bool parsing() const { return (http_ && !http_->idle()) || (dns_ && !dns_->idle()); }
    size_t context_size() const { return context_.size(); }
    size_t memory_bytes() const;

    bool without_urgent = false;  // a reading that leaves urgent bytes out
    bool aside = false;           // lies in another run, of which nothing is kept there
    bool unjoined = false;        // a run in front has met it and could not read it
    uint64_t last_used = 0;       // TcpStreams' own

  private:
    void read_http(std::span<const uint8_t> bytes, uint32_t seq, const Reading& reading);
    void keep_context(std::span<const uint8_t> bytes, size_t size);
    void trim();
    size_t needed_bytes() const;

    uint32_t begin_;
    uint32_t end_;
    bool held_ = false;
    std::vector<uint8_t> context_;  // the last StreamVisitor::context() bytes
    std::vector<Piece> pieces_;     // contiguous, up to end_
    size_t copied_ = 0;             // bytes in copies
    std::unique_ptr<HttpStream> http_;
    std::unique_ptr<DnsStream> dns_;
};

}  // namespace peek
