// SPDX-License-Identifier: BSD-2-Clause
// HttpStream: header blocks and bodies.
#include <array>
#include <limits>
#include <utility>

#include "stream/http_input.h"

namespace peek {
namespace {

constexpr std::string_view kWhiteSpace = " \t";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_end(std::string_view text) {
    return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
}

std::string_view trim(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    return trim_end(text);
}

std::optional<uint64_t> to_number(std::string_view text, unsigned base) {
    if (text.empty()) return std::nullopt;
    uint64_t number = 0;
    for (const char c : text) {
        const char l = lower(c);
        const unsigned digit = is_digit(l)            ? static_cast<unsigned>(l - '0')
                               : l >= 'a' && l <= 'f' ? static_cast<unsigned>(l - 'a') + 10
                                                      : base;
        if (digit >= base) return std::nullopt;
        if (number > (std::numeric_limits<uint64_t>::max() - digit) / base) return std::nullopt;
        number = number * base + digit;
    }
    return number;
}

}  // namespace

// The line that ends next, without its line end; nothing if the segment ends before it does.
std::optional<std::string_view> HttpStream::take_line(Input& in) {
    const size_t lf = in.rest.find('\n');
    std::string_view line = in.rest.substr(0, lf);
    in.rest.remove_prefix(lf == std::string_view::npos ? in.rest.size() : lf + 1);
    if (lf == std::string_view::npos || !line_.empty()) {
        line_cut_ = !append_bounded(line_, line, kKeptValue) || line_cut_;
        line = line_;
    } else {
        line_cut_ = false;
    }
    if (lf == std::string_view::npos) return std::nullopt;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

void HttpStream::line_done() {
    line_.clear();
    line_cut_ = false;
}

void HttpStream::read_header_line(Input& in, Visitor& visitor) {
    const auto line = take_line(in);
    if (!line) return;
    if (line->empty()) {
        line_done();
        return end_headers(visitor);
    }
    const bool indented = kWhiteSpace.find(line->front()) != std::string_view::npos;
    if (indented && !first_line_) {
        header_value(trim(*line), visitor);
    } else {
        end_header();
        header_line(trim(*line), indented, visitor);
    }
    first_line_ = false;
    line_done();
}

void HttpStream::header_line(std::string_view line, bool indented, Visitor& visitor) {
    static constexpr std::array<std::pair<std::string_view, Header>, 4> kKnown{
        {{"host", Header::kHost},
         {"content-length", Header::kContentLength},
         {"transfer-encoding", Header::kTransferEncoding},
         {"upgrade", Header::kUpgrade}}};
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view sent = line.substr(0, colon);
    const std::string_view name = trim_end(sent);
    for (const auto& [known, header] : kKnown)
        if (name.size() == known.size() && same_ignoring_case(name, known)) header_ = header;
    // RFC 9112 §2.2, §5.1: to be refused; some servers ignore such a line, others do not.
    const bool doubtful = indented || sent != name;
    if (doubtful && header_ == Header::kTransferEncoding) body_known_ = false;
    if (doubtful && header_ == Header::kContentLength)
        visitor.on_http_event(HttpEvent::kBadContentLength);
    value_.clear();
    header_value(trim(line.substr(colon + 1)), visitor);
}

// A folded value's lines are joined by a space (RFC 9112 §5.2). Whether one is folded further is
// not known when its line ends: a Host is given out each time.
void HttpStream::header_value(std::string_view value, Visitor& visitor) {
    if (header_ == Header::kOther) return;
    if (!value_.empty() && !value.empty()) value_ += ' ';
    if (!append_bounded(value_, value, kKeptValue) || line_cut_)
        visitor.on_http_event(HttpEvent::kHeaderCut);
    if (header_ == Header::kUpgrade) switches_ = true;
    if (header_ != Header::kHost) return;
    if (hosts_ < kMaxHosts) visitor.on_host(request_, value_);
    if (hosts_ == kMaxHosts) visitor.on_http_event(HttpEvent::kTooManyHosts);
    hosts_ = std::min(hosts_ + 1, kMaxHosts + 1);
}

// RFC 9112 §6.3: "chunked" must be the last transfer coding and overrides Content-Length; that one
// may be repeated, with the same number.
void HttpStream::end_header() {
    const Header header = std::exchange(header_, Header::kOther);
    if (header == Header::kTransferEncoding) {
        const std::string_view codings = value_;
        encoded_ = true;
        chunked_ =
            same_ignoring_case(trim(codings.substr(codings.find_last_of(',') + 1)), "chunked");
    } else if (header == Header::kContentLength) {
        const auto len = to_number(value_, 10);
        body_known_ = body_known_ && len && (!has_length_ || *len == left_);
        has_length_ = true;
        left_ = len.value_or(0);
    }
}

void HttpStream::end_headers(Visitor& visitor) {
    end_header();
    if (encoded_ && !chunked_) return lose(HttpEvent::kBadTransferEncoding, visitor);
    if (encoded_) {
        // Servers differ in which one they follow.
        if (has_length_ || !body_known_) visitor.on_http_event(HttpEvent::kBadTransferEncoding);
        state_ = State::kChunkSize;
        return;
    }
    if (!body_known_) return lose(HttpEvent::kBadContentLength, visitor);
    if (left_ == 0) return end_request();
    state_ = State::kBody;
}

// Where the next request begins is not known.
void HttpStream::lose(HttpEvent event, Visitor& visitor) {
    visitor.on_http_event(event);
    state_ = State::kNoRequest;
    confirmed_ = false;
}

// What follows CONNECT or an upgrade need be no request.
void HttpStream::end_request() {
    state_ = State::kBetween;
    confirmed_ = !switches_ && request_.method != "CONNECT";
}

void HttpStream::skip(Input& in) {
    const uint64_t len = std::min<uint64_t>(left_, in.rest.size());
    in.rest.remove_prefix(len);
    left_ -= len;
    if (left_ != 0) return;
    if (state_ == State::kBody) return end_request();
    state_ = State::kChunkEnd;
}

// RFC 9112 §7.1: chunks, the last of them empty, then trailer lines up to an empty one.
void HttpStream::read_chunk_size(Input& in, Visitor& visitor) {
    const auto line = take_line(in);
    if (!line) return;
    const auto len = to_number(trim(line->substr(0, line->find(';'))), 16);
    const bool cut = line_cut_;
    line_done();
    if (!len || cut) return lose(HttpEvent::kBadChunk, visitor);
    left_ = *len;
    state_ = left_ == 0 ? State::kTrailer : State::kChunk;
}

void HttpStream::read_chunk_end(Input& in, Visitor& visitor) {
    const auto line = take_line(in);
    if (!line) return;
    const bool empty = line->empty();
    line_done();
    if (!empty) return lose(HttpEvent::kBadChunk, visitor);
    state_ = State::kChunkSize;
}

void HttpStream::read_trailer(Input& in) {
    const auto line = take_line(in);
    if (!line) return;
    const bool last = line->empty();
    line_done();
    if (last) end_request();
}

}  // namespace peek
