// SPDX-License-Identifier: BSD-2-Clause
// TcpStreams: runs that meet, and readings that part.
#include <algorithm>
#include <utility>

#include "stream/tcp_arrival.h"

namespace peek {
namespace {

// A piece costs as much to read as so many bytes.
constexpr size_t kPieceCost = 64;
// A fork reads so much again in front of where it begins.
constexpr size_t kReadAgain = 16U << 10;

}  // namespace

// Reads what `from` keeps of [begin, end) again, as far as it is kept and credit goes.
bool TcpStreams::read_pieces(TcpRun& run, const TcpRun& from, uint32_t begin, uint32_t end,
                             Arrival& arrival) {
    for (TcpRun::Piece piece : from.pieces()) {
        const int32_t skipped = std::max(seq_distance(piece.seq, begin), 0);
        const int32_t len = std::min(seq_distance(piece.seq, end), static_cast<int32_t>(piece.len));
        if (skipped >= len) continue;
        piece.len = static_cast<uint32_t>(len - skipped);
        piece.seq += static_cast<uint32_t>(skipped);
        if (piece.bytes == nullptr || piece.seq != run.end()) return false;
        piece.bytes += skipped;
        const size_t cost = piece.len + kPieceCost;
        if (arrival.direction.credit < cost) return false;
        arrival.direction.credit -= cost;
        read(run, {piece.bytes, piece.len}, piece, arrival);
    }
    return true;
}

// The run as it was before `end`: what its parsers knew is found out by reading the last of it
// again, which is counted where it need not be enough. Rules found in it then are noted already.
TcpRun TcpStreams::prefix(const TcpRun& run, uint32_t end, Arrival& arrival) {
    uint32_t begin = end;
    size_t cost = 0;
    for (auto piece = run.pieces().rbegin(); piece != run.pieces().rend(); ++piece) {
        if (seq_distance(end, piece->seq) >= 0) continue;
        cost += piece->len + kPieceCost;
        if (piece->bytes == nullptr || cost > std::min(kReadAgain, arrival.direction.credit)) break;
        begin = piece->seq;
    }
    if (begin != run.begin() && (run.parsing() || end - begin < run.context_size()))
        counts_.count(StreamEvent::kTcpGapGivenUp);
    TcpRun other(run.begin(), begin);
    other.without_urgent = run.without_urgent;
    other.aside = run.aside;
    other.last_used = arrivals_;
    read_pieces(other, run, begin, end, arrival);
    return other;
}

void TcpStreams::join_runs(Arrival& arrival) {
    while (join_next(arrival)) {
    }
}

// A run that others reach into is read on by them and is then gone.
bool TcpStreams::join_next(Arrival& arrival) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    const auto reaches = [](const TcpRun& run, const TcpRun& next) {
        return !run.aside && !next.aside && seq_distance(run.begin(), next.begin()) > 0 &&
               seq_distance(next.begin(), run.end()) >= 0;
    };
    for (size_t i = 0; i < runs.size(); ++i) {
        std::vector<size_t> in_front;
        for (size_t j = 0; j < runs.size(); ++j)
            if (reaches(runs[j], runs[i])) in_front.push_back(j);
        if (in_front.empty()) continue;
        if (!runs[i].whole()) {
            if (!std::exchange(runs[i].unjoined, true)) counts_.count(StreamEvent::kTcpGapGivenUp);
            continue;
        }
        const TcpRun next = std::exchange(runs[i], TcpRun(0, 0));
        for (const size_t j : in_front) join(arrival, runs[j], next);
        runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
    return false;
}

// `run` reaches into `next`. Where they differ there are two readings: with the bytes of the one
// and of the other.
void TcpStreams::join(Arrival& arrival, TcpRun& run, const TcpRun& next) {
    std::vector<TcpRun>& runs = arrival.direction.runs;
    const uint32_t run_end = run.end();
    if (overlap(next, run) == TcpRun::Overlap::kDiffers) {
        counts_.count(StreamEvent::kTcpOverlapDiffers);
        if (runs.size() == kMaxRuns) {
            counts_.count(StreamEvent::kTcpRunsCapped);
        } else {
            TcpRun other = prefix(run, next.begin(), arrival);
            if (!read_pieces(other, next, next.begin(), next.end(), arrival) ||
                (seq_distance(next.end(), run_end) > 0 &&
                 !read_pieces(other, run, next.end(), run_end, arrival)))
                counts_.count(StreamEvent::kTcpGapGivenUp);
            runs.push_back(std::move(other));
        }
    }
    if (seq_distance(run_end, next.end()) > 0 &&
        !read_pieces(run, next, run_end, next.end(), arrival))
        counts_.count(StreamEvent::kTcpGapGivenUp);
}

// Where both keep something.
TcpRun::Overlap TcpStreams::overlap(const TcpRun& next, const TcpRun& run) {
    TcpRun::Overlap result = TcpRun::Overlap::kSame;
    for (const TcpRun::Piece& piece : next.pieces()) {
        const int32_t len =
            std::min(seq_distance(piece.seq, run.end()), static_cast<int32_t>(piece.len));
        if (len <= 0) break;
        if (piece.bytes == nullptr) {
            result = TcpRun::Overlap::kUnknown;
            continue;
        }
        const auto compared = run.compare(piece.seq, {piece.bytes, static_cast<size_t>(len)});
        if (compared == TcpRun::Overlap::kDiffers) return compared;
        if (compared == TcpRun::Overlap::kUnknown) result = compared;
    }
    return result;
}

// What waits for a gap is bounded.
void TcpStreams::give_up_gaps(Direction& direction) {
    for (TcpRun& run : direction.runs) {
        if (!run.held()) continue;
        if (run.whole() && run.end() - run.begin() <= options_.max_gap_bytes) continue;
        run.hold(false);
        counts_.count(StreamEvent::kTcpGapGivenUp);
    }
}

// While bytes are kept that differ, a segment that is sent again has each of them in front of it:
// such readings are one only when there is no room for more.
void TcpStreams::drop_equal_runs(Direction& direction) {
    std::vector<TcpRun>& runs = direction.runs;
    const bool full = runs.size() == kMaxRuns;
    for (size_t i = 0; i + 1 < runs.size(); ++i)
        for (size_t j = runs.size() - 1; j > i; --j) {
            if (!runs[i].expects_same(runs[j])) continue;
            if (overlap(runs[j], runs[i]) == TcpRun::Overlap::kDiffers) {
                if (!full) continue;
                counts_.count(StreamEvent::kTcpRunsCapped);
            }
            runs[i].aside = runs[i].aside && runs[j].aside;
            runs[i].last_used = std::max(runs[i].last_used, runs[j].last_used);
            runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(j));
        }
}

}  // namespace peek
