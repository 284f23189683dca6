// SPDX-License-Identifier: BSD-2-Clause
#include "stream/tcp_streams.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stream/tcp_arrival.h"

namespace peek {
namespace {

// A gap that is wider is none: the sender began anew with other numbers.
constexpr int32_t kWidestGap = 16 << 20;
// What may be read again, for runs to join and readings to fork, in bytes: at first, and more for
// each new byte and segment. It keeps the work linear whatever the order of segments.
constexpr size_t kFirstCredit = 512U << 10;
constexpr size_t kCreditPerByte = 16;
constexpr size_t kCreditPerSegment = 256;
constexpr size_t kMostCredit = 4U << 20;

}  // namespace

TcpStreams::TcpStreams(Options options) : options_(options), table_(options.max_directions) {}
TcpStreams::~TcpStreams() = default;

TcpStreams::Verdict TcpStreams::add(const TcpSegment& segment, StreamVisitor& visitor) {
    newest_ = std::max(newest_, segment.time);
    Direction& direction = direction_of(segment, visitor);
    direction.last = segment.time;
    direction.last_seen = segment.last;
    direction.credit = std::min(
        direction.credit + kCreditPerSegment + kCreditPerByte * segment.bytes.size(), kMostCredit);
    current_ = &direction;
    ordinal_ = segment.ordinal;
    ++arrivals_;
    const size_t urgent = urgent_byte(segment, direction);
    if (segment.bytes.empty()) return {};
    Arrival arrival{segment, direction, {visitor, spare_, segment.dns}, urgent};
    const Verdict verdict = add_to_runs(arrival);
    reading_ = nullptr;
    account(direction, visitor);
    return verdict;
}

// The byte in front of where the pointer points (RFC 6093 §2.1, as systems have it): one of this
// segment, or, as another one said, of what it was to be followed by.
size_t TcpStreams::urgent_byte(const TcpSegment& segment, Direction& direction) {
    const size_t size = segment.bytes.size();
    if (segment.urgent != 0 && segment.urgent <= size) return segment.urgent - size_t{1};
    if (segment.urgent != 0) {
        direction.urgent = segment.seq + segment.urgent - 1;
        direction.has_urgent = true;
    }
    const uint32_t at = direction.urgent - segment.seq;
    return direction.has_urgent && at < size ? at : SIZE_MAX;
}

TcpStreams::Direction& TcpStreams::direction_of(const TcpSegment& segment, StreamVisitor& visitor) {
    const uint64_t hash = segment.hash == table_.kUnused ? 1 : segment.hash;
    if (Direction* known = table_.find(segment.flow, hash)) return *known;
    while (table_.full()) {
        current_ = nullptr;
        evict(visitor);
    }
    if (ended_.take(hash, newest_, options_.idle)) counts_.count(StreamEvent::kTcpStateEvicted);
    Direction& direction = table_.add(segment.flow, hash);
    direction.last = segment.time;
    direction.credit = kFirstCredit;
    return direction;
}

// Counted as blind if more was to be expected; of one that had ended, when more comes.
void TcpStreams::evict(StreamVisitor& visitor) {
    Direction* direction = table_.next_to_go(current_);
    if (direction == nullptr) return;
    if (direction->last_seen)
        ended_.note(direction->hash, direction->last);
    else if (newest_ - direction->last < options_.idle)
        counts_.count(StreamEvent::kTcpStateEvicted);
    for (TcpRun& run : direction->runs) run.finish({visitor, spare_, false});
    bytes_ -= direction->bytes;
    table_.erase(*direction);
}

void TcpStreams::account(Direction& direction, StreamVisitor& visitor) {
    size_t bytes = sizeof(Direction) + direction.noted.capacity() * sizeof(Noted);
    for (const TcpRun& run : direction.runs) bytes += run.memory_bytes();
    bytes_ += bytes - direction.bytes;
    direction.bytes = bytes;
    while (bytes_ > options_.max_bytes && table_.size() > 1) evict(visitor);
}

// A segment that continues one run and touches no other is nearly every segment.
TcpStreams::Verdict TcpStreams::add_to_runs(Arrival& arrival) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    TcpRun* touching = nullptr;
    size_t count = 0;
    for (TcpRun& run : runs) {
        if (seq_distance(arrival.end, run.begin()) > 0 || seq_distance(run.end(), arrival.seq) > 0)
            continue;
        touching = &run;
        ++count;
    }
    if (count == 1 && touching->end() == arrival.seq && !arrival.has_urgent(0)) {
        read_own(*touching, 0, arrival.segment.bytes.size(), arrival);
        if (touching->held()) give_up_gaps(arrival.direction);
        return {};
    }
    // No run moves while others are read.
    if (!runs.empty() || arrival.has_urgent(0)) runs.reserve(kMaxRuns);
    const Verdict verdict = add_to_touching(arrival);
    join_runs(arrival);
    give_up_gaps(arrival.direction);
    drop_equal_runs(arrival.direction);
    return verdict;
}

// The runs in which the segment begins, or which end where it begins.
TcpStreams::Verdict TcpStreams::add_to_touching(Arrival& arrival) {
    const std::span<const uint8_t> bytes = arrival.segment.bytes;
    struct Continued {
        TcpRun* run;
        size_t old;  // bytes of the segment that lie in it
        TcpRun::Overlap overlap;
    };
    std::array<Continued, kMaxRuns> continued{};
    size_t count = 0;
    bool same = false;
    bool differs = false;
    bool unknown = false;
    bool aside = false;
    size_t new_from = bytes.size();
    for (TcpRun& run : arrival.direction.runs) {
        if (seq_distance(run.begin(), arrival.seq) < 0 || seq_distance(arrival.seq, run.end()) < 0)
            continue;
        const size_t old = std::min<size_t>(run.end() - arrival.seq, bytes.size());
        const TcpRun::Overlap overlap = run.compare(arrival.seq, bytes.first(old));
        continued.at(count++) = {&run, old, overlap};
        same = same || (overlap == TcpRun::Overlap::kSame && old != 0);
        differs = differs || overlap == TcpRun::Overlap::kDiffers;
        unknown = unknown || overlap == TcpRun::Overlap::kUnknown;
        aside = aside || (run.aside && run.end() == arrival.seq);
        if (overlap == TcpRun::Overlap::kSame) new_from = std::min(new_from, old);
    }
    if (count == 0) {
        begin_run(arrival);
        return {};
    }
    if (differs && !same) counts_.count(StreamEvent::kTcpOverlapDiffers);
    for (const Continued& c : std::span(continued).first(count)) {
        if (!same && c.overlap == TcpRun::Overlap::kDiffers) fork_at(arrival, *c.run);
        if (c.old < bytes.size()) extend(arrival, *c.run, c.old);
    }
    if (unknown && !same && !differs) {
        counts_.count(StreamEvent::kTcpOverlapUnchecked);
        if (!aside) begin_aside(arrival);
    }
    return {same ? new_from : 0};
}

// Old data of which nothing is kept any more: where it was not seen before, a receiver may still
// take it, with what follows it.
void TcpStreams::begin_aside(Arrival& arrival) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    TcpRun begun(arrival.seq, arrival.seq);
    begun.aside = true;
    read_own(begun, 0, arrival.segment.bytes.size(), arrival);
    const auto old =
        std::find_if(runs.begin(), runs.end(), [](const TcpRun& r) { return r.aside; });
    if (old != runs.end()) {
        old->finish(arrival.reading);
        *old = std::move(begun);
    } else if (runs.size() < kMaxRuns) {
        runs.push_back(std::move(begun));
    } else {
        counts_.count(StreamEvent::kTcpRunsCapped);
    }
}

void TcpStreams::begin_run(Arrival& arrival) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    if (runs.size() == kMaxRuns) {
        counts_.count(StreamEvent::kTcpRunsCapped);
        const auto oldest = std::min_element(
            runs.begin(), runs.end(),
            [](const TcpRun& a, const TcpRun& b) { return a.last_used < b.last_used; });
        oldest->finish(arrival.reading);
        runs.erase(oldest);
    }
    TcpRun& run = runs.emplace_back(arrival.seq, arrival.seq);
    for (const TcpRun& other : runs) {
        const int32_t gap = seq_distance(other.end(), arrival.seq);
        if (&other != &run && !other.aside && gap > 0 && gap <= kWidestGap) run.hold(true);
    }
    extend(arrival, run, 0);
}

// Another reading of the run, in which the segment's bytes replace its own: what the run has in
// front of them and behind them is read again.
void TcpStreams::fork_at(Arrival& arrival, const TcpRun& run) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    if (runs.size() == kMaxRuns) return counts_.count(StreamEvent::kTcpRunsCapped);
    TcpRun& fork = runs.emplace_back(prefix(run, arrival.seq, arrival));
    extend(arrival, fork, 0);
    if (seq_distance(arrival.end, run.end()) > 0 &&
        !read_pieces(fork, run, arrival.end, run.end(), arrival))
        counts_.count(StreamEvent::kTcpGapGivenUp);
}

// The run goes on with the segment's bytes from `offset` on.
void TcpStreams::extend(Arrival& arrival, TcpRun& run, size_t offset) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    const size_t size = arrival.segment.bytes.size();
    if (!arrival.has_urgent(offset)) return read_own(run, offset, size, arrival);
    TcpRun* without = &run;
    if (!run.without_urgent) {
        if (runs.size() == kMaxRuns) counts_.count(StreamEvent::kTcpRunsCapped);
        without = runs.size() == kMaxRuns ? nullptr : &runs.emplace_back(run.copy());
        read_own(run, offset, size, arrival);
        if (without == nullptr) return;
        without->without_urgent = true;
    }
    const size_t urgent = arrival.urgent_at;
    read_own(*without, offset, urgent, arrival);
    without->skip_byte(arrival.segment.ordinal);
    read_own(*without, urgent + 1, size, arrival);
}

void TcpStreams::read_own(TcpRun& run, size_t from, size_t to, Arrival& arrival) {
    if (from == to) return;
    read(run, arrival.segment.bytes.subspan(from, to - from), keep(run, arrival.segment, from, to),
         arrival);
}

void TcpStreams::read(TcpRun& run, std::span<const uint8_t> bytes, TcpRun::Piece piece,
                      Arrival& arrival) {
    run.last_used = arrivals_;
    reading_ = &run;
    run.read(bytes, std::move(piece), arrival.reading);
}

// Bytes that do not stay valid are copied: for a run that waits for a gap to be filled as long as
// there is room at all, only to compare overlaps with while there is plenty of it.
TcpRun::Piece TcpStreams::keep(const TcpRun& run, const TcpSegment& segment, size_t from,
                               size_t to) {
    const auto len = static_cast<uint32_t>(to - from);
    TcpRun::Piece piece{segment.seq + static_cast<uint32_t>(from), len, segment.ordinal, nullptr,
                        nullptr};
    const uint8_t* bytes = segment.bytes.data() + from;
    if (segment.stable) {
        piece.bytes = bytes;
    } else if (run.held() || bytes_ < options_.max_bytes / 2) {
        const std::shared_ptr<uint8_t[]> copy(new uint8_t[len]);
        std::memcpy(copy.get(), bytes, len);
        piece.bytes = copy.get();
        piece.copy = copy;
    }
    return piece;
}

void TcpStreams::finish(StreamVisitor& visitor) {
    table_.for_each([&](Direction& direction) {
        for (TcpRun& run : direction.runs) run.finish({visitor, spare_, false});
    });
}

void TcpStreams::collect_needs(uint32_t seq, std::vector<uint64_t>& needs) const {
    if (reading_ == nullptr) return;
    const auto& pieces = reading_->pieces();
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        if (seq_distance(piece->end(), seq) >= 0) break;
        if (piece->ordinal != ordinal_) needs.push_back(piece->ordinal);
    }
}

bool TcpStreams::first_time(unsigned family, uint32_t rule, uint32_t seq) {
    if (current_ == nullptr) return true;
    std::vector<Noted>& noted = current_->noted;
    const Noted now{family, rule, seq};
    if (std::find(noted.begin(), noted.end(), now) != noted.end()) return false;
    if (noted.size() < kNoted)
        noted.push_back(now);
    else
        noted[current_->next_noted++ % kNoted] = now;
    return true;
}

}  // namespace peek
