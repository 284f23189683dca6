// SPDX-License-Identifier: BSD-2-Clause
#include "stream/tcp_run.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stream/tcp_streams.h"

namespace peek {
namespace {

// Far enough behind the end that nothing refers to it, near enough for seq_distance().
constexpr int32_t kFarthestBegin = 1 << 30;

std::string_view as_text(std::span<const uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Parser>
std::unique_ptr<Parser> clone(const std::unique_ptr<Parser>& parser) {
    return parser ? std::make_unique<Parser>(*parser) : nullptr;
}

template <typename Parser>
bool same(const std::unique_ptr<Parser>& a, const std::unique_ptr<Parser>& b) {
    const bool a_idle = !a || a->idle();
    const bool b_idle = !b || b->idle();
    if (a_idle || b_idle) return a_idle && b_idle;
    return *a == *b;
}

}  // namespace

TcpRun TcpRun::copy() const {
    TcpRun run(begin_, end_);
    run.held_ = held_;
    run.without_urgent = without_urgent;
    run.aside = aside;
    run.last_used = last_used;
    run.context_ = context_;
    run.pieces_ = pieces_;
    run.copied_ = copied_;
    run.http_ = clone(http_);
    run.dns_ = clone(dns_);
    return run;
}

void TcpRun::read(std::span<const uint8_t> bytes, Piece piece, const Reading& reading) {
    const uint32_t seq = end_;
    end_ += static_cast<uint32_t>(bytes.size());
    if (seq_distance(begin_, end_) > kFarthestBegin) begin_ = end_ - kFarthestBegin;
    if (piece.copy) copied_ += piece.len;
    pieces_.push_back(std::move(piece));

    const size_t context = reading.visitor.context();
    if (context != 0 && !context_.empty())
        reading.visitor.on_boundary(context_, bytes.first(std::min(bytes.size(), context)), seq);
    if (reading.visitor.wants_http()) read_http(bytes, seq, reading);
    if (reading.dns) {
        if (!dns_) dns_ = std::make_unique<DnsStream>();
        dns_->feed(bytes, seq, reading.visitor);
    }
    keep_context(bytes, context);
    trim();
}

void TcpRun::read_http(std::span<const uint8_t> bytes, uint32_t seq, const Reading& reading) {
    const std::string_view text = as_text(bytes);
    const bool idle = !http_ || http_->idle();
    if (idle && !HttpStream::may_begin(text)) return;
    if (http_) return http_->feed(text, seq, reading.visitor);
    reading.spare.feed(text, seq, reading.visitor);
    if (reading.spare.idle()) return;
    http_ = std::make_unique<HttpStream>(std::exchange(reading.spare, HttpStream()));
}

void TcpRun::keep_context(std::span<const uint8_t> bytes, size_t size) {
    bytes = bytes.last(std::min(bytes.size(), size));
    const size_t room = size - bytes.size();
    if (context_.size() > room)
        context_.erase(context_.begin(), context_.end() - static_cast<std::ptrdiff_t>(room));
    context_.insert(context_.end(), bytes.begin(), bytes.end());
}

void TcpRun::skip_byte(uint64_t ordinal) {
    pieces_.push_back({end_, 1, ordinal, nullptr, nullptr});
    ++end_;
}

void TcpRun::finish(const Reading& reading) {
    if (http_) http_->finish(reading.visitor);
    if (dns_) dns_->finish(reading.visitor);
}

// How far behind the end lies what evidence of the next match may refer to.
size_t TcpRun::needed_bytes() const {
    size_t needed = context_.size();
    if (http_ && http_->in_request())
        needed = std::max<size_t>(needed, end_ - http_->request().begin);
    if (dns_) needed = std::max(needed, dns_->kept());
    return needed;
}

// Several at once, so that it costs little for each piece.
void TcpRun::trim() {
    const size_t most = held_ ? kMaxHeld : kMaxNeeded;
    if (pieces_.size() < (held_ ? kMaxHeld : 2 * kHistory)) return;
    const size_t needed = held_ ? SIZE_MAX : needed_bytes();
    size_t gone = 0;
    while (pieces_.size() - gone > kHistory && end_ - pieces_[gone].end() >= needed) ++gone;
    if (pieces_.size() - gone >= most) gone = pieces_.size() / 2;
    for (size_t i = 0; i < gone; ++i)
        if (pieces_[i].copy) copied_ -= pieces_[i].len;
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(gone));
}

TcpRun::Overlap TcpRun::compare(uint32_t seq, std::span<const uint8_t> bytes) const {
    if (bytes.empty() || seq == end_) return Overlap::kSame;
    auto piece = std::partition_point(pieces_.begin(), pieces_.end(), [&](const Piece& p) {
        return seq_distance(p.end(), seq) >= 0;
    });
    Overlap result = Overlap::kSame;
    if (piece == pieces_.end() || seq_distance(piece->seq, seq) < 0) result = Overlap::kUnknown;
    for (; piece != pieces_.end(); ++piece) {
        const uint32_t from = seq_distance(piece->seq, seq) > 0 ? seq : piece->seq;
        const auto at = static_cast<size_t>(seq_distance(seq, from));
        if (at >= bytes.size()) break;
        const size_t len = std::min<size_t>(piece->end() - from, bytes.size() - at);
        const uint8_t* kept =
            piece->bytes == nullptr ? nullptr : piece->bytes + (from - piece->seq);
        if (kept == nullptr)
            result = Overlap::kUnknown;
        else if (kept != bytes.data() + at && std::memcmp(kept, bytes.data() + at, len) != 0)
            return Overlap::kDiffers;
    }
    return result;
}

bool TcpRun::expects_same(const TcpRun& other) const {
    return end_ == other.end_ && context_ == other.context_ && same(http_, other.http_) &&
           same(dns_, other.dns_);
}

size_t TcpRun::memory_bytes() const {
    return sizeof(*this) + copied_ + context_.capacity() + pieces_.capacity() * sizeof(Piece) +
           (http_ ? http_->memory_bytes() : 0) + (dns_ ? dns_->memory_bytes() : 0);
}

}  // namespace peek
