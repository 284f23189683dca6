// SPDX-License-Identifier: BSD-2-Clause
// TcpStreams: what the segments of a connection's direction say when they are put together
// (RFC 9293 §3.4), for signatures, requests and DNS messages that segments split.
//
// Segments with payload count, and the urgent pointer of those without: handshakes are not
// followed, because a live monitor is handed no others, and connections are picked up in the
// middle. A direction holds a few *runs* of contiguous bytes. A segment that continues a run is
// judged as its continuation; one that fits none begins a run: behind a gap, with other sequence
// numbers after a SYN that was sent again. A run whose gap fills is read on from there by the run
// in front of it. What arrives is judged at once in its own run, so that nothing waits for bytes
// that may never come. Old numbers of which nothing is kept any more may be those of a new
// connection with the same ports: they are read in a run *aside*, one at a time, which may go on
// but does not meet others.
//
// Stacks differ in which bytes they keep where segments overlap and whether urgent data is part of
// the stream, so none is guessed: such a direction has a run for each *reading*, until what they
// expect next is the same. Runs are bounded by kMaxRuns; what is kept of segments to compare
// overlaps and to bridge gaps is bounded for each run and for all.
//
// Bytes: of a run in order, only the last StreamVisitor::context() bytes are copied. Segments of a
// source whose bytes stay valid are otherwise referred to, those of others copied within the
// budget. Work is linear in the bytes given, times kMaxRuns. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "stream/dns_stream.h"
#include "stream/flow_key.h"
#include "stream/flow_table.h"
#include "stream/forgotten.h"
#include "stream/http_stream.h"
#include "stream/stream_event.h"
#include "stream/tcp_run.h"
#include "util/time.h"

namespace peek {

struct TcpSegment {
    FlowKey flow;
    uint64_t hash = 0;               // of it, with any seed
    uint32_t seq = 0;                // of the first byte
    std::span<const uint8_t> bytes;  // empty ones count for their urgent pointer only
    uint16_t urgent = 0;   // urgent pointer, 0: none; it may be at a byte that comes later
    bool last = false;     // FIN or RST: nothing is expected behind it
    bool dns = false;      // DNS messages are looked for
    bool stable = false;   // bytes stay valid for good
    uint64_t ordinal = 0;  // of the packet
    Timestamp time{};
};

// What is looked for across segments. Called within TcpStreams::add().
class StreamVisitor : public HttpStream::Visitor, public DnsStream::Visitor {
  public:
    // How many bytes in front of a segment on_boundary() needs: the longest signature's length
    // less one; 0: none, and no call.
    virtual size_t context() const = 0;
    virtual bool wants_http() const = 0;
    // `after` follows `before` in some reading; either is as long as context() or all there is.
    // `seq`: of the first byte of `after`. Only what begins in `before` and ends in `after` is new.
    virtual void on_boundary(std::span<const uint8_t> before, std::span<const uint8_t> after,
                             uint32_t seq) = 0;
};

class TcpStreams {
  public:
    static constexpr size_t kMaxRuns = 8;
    struct Options {
        size_t max_directions = 131'072;
        size_t max_bytes = 64U << 20;                // copies of segments and what parsers keep
        size_t max_gap_bytes = 256U << 10;           // of a run that waits for a gap to be filled
        Nanoseconds idle = std::chrono::minutes(5);  // then forgetting a direction is no loss
    };
    // What a segment's own payload is, besides what the visitor was told.
    struct Verdict {
        // From here on its bytes were not seen before; payload.size(): all were, with the same
        // content.
        size_t new_from = 0;
    };

    explicit TcpStreams(Options options);
    ~TcpStreams();

    Verdict add(const TcpSegment& segment, StreamVisitor& visitor);
    // The input has ended: what is incomplete is counted.
    void finish(StreamVisitor& visitor);

    // Within add(): the packets that the bytes from `seq` on of the run being read came in, without
    // the segment's own.
    void collect_needs(uint32_t seq, std::vector<uint64_t>& needs) const;
    // Until the next add(): whether `rule` of `family` was not noted at `seq` of this direction
    // before; notes it. The last kNoted of a direction are known.
    bool first_time(unsigned family, uint32_t rule, uint32_t seq);
    static constexpr size_t kNoted = 64;

    const StreamCounts& counts() const { return counts_; }
    size_t bytes() const { return bytes_; }  // held now
    // What add() would look at first of a segment of that hash, and at next: brings it nearer.
    void prefetch_way(uint64_t hash) const { table_.prefetch_slot(hash); }
    void prefetch(uint64_t hash) const { table_.prefetch_entry(hash); }

  private:
    struct Noted {
        unsigned family;
        uint32_t rule;
        uint32_t seq;
        bool operator==(const Noted&) const = default;
    };
    struct Direction {
        FlowKey key;
        uint64_t hash = 0;
        bool touched = false;
        bool last_seen = false;  // a segment said that nothing follows
        bool has_urgent = false;
        uint32_t urgent = 0;  // of the last urgent byte that another segment is to bring
        Timestamp last{};
        size_t bytes = 0;   // as counted in bytes_
        size_t credit = 0;  // bytes that may be read again
        std::vector<TcpRun> runs;
        std::vector<Noted> noted;  // the last kNoted, a ring
        size_t next_noted = 0;
    };
    // One segment on its way through its direction's runs.
    struct Arrival;

    static size_t urgent_byte(const TcpSegment& segment, Direction& direction);
    Direction& direction_of(const TcpSegment& segment, StreamVisitor& visitor);
    void evict(StreamVisitor& visitor);
    void account(Direction& direction, StreamVisitor& visitor);
    Verdict add_to_runs(Arrival& arrival);
    Verdict add_to_touching(Arrival& arrival);
    void begin_run(Arrival& arrival);
    void fork_at(Arrival& arrival, const TcpRun& run);
    void extend(Arrival& arrival, TcpRun& run, size_t offset);
    void read(TcpRun& run, std::span<const uint8_t> bytes, TcpRun::Piece piece, Arrival& arrival);
    void read_own(TcpRun& run, size_t from, size_t to, Arrival& arrival);
    void begin_aside(Arrival& arrival);
    bool read_pieces(TcpRun& run, const TcpRun& from, uint32_t begin, uint32_t end,
                     Arrival& arrival);
    TcpRun prefix(const TcpRun& run, uint32_t end, Arrival& arrival);
    void join_runs(Arrival& arrival);
    bool join_next(Arrival& arrival);
    void join(Arrival& arrival, TcpRun& run, const TcpRun& next);
    void drop_equal_runs(Direction& direction);
    void give_up_gaps(Direction& direction);
    static TcpRun::Overlap overlap(const TcpRun& next, const TcpRun& run);
    TcpRun::Piece keep(const TcpRun& run, const TcpSegment& segment, size_t from, size_t to);

    Options options_;
    FlowTable<Direction> table_;
    Forgotten ended_;  // directions that had ended
    StreamCounts counts_;
    HttpStream spare_;
    size_t bytes_ = 0;
    uint64_t arrivals_ = 0;
    Timestamp newest_{};
    Direction* current_ = nullptr;     // of the last segment
    const TcpRun* reading_ = nullptr;  // within add()
    uint64_t ordinal_ = 0;             // of the last segment
};

}  // namespace peek
