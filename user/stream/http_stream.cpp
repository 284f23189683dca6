// SPDX-License-Identifier: BSD-2-Clause
#include "stream/http_stream.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace peek {
namespace {

// RFC 9110 §5.6.2.
constexpr std::string_view kTokenChars =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kWhiteSpace = " \t";
constexpr std::string_view kProtocolShape = "HTTP/0.0";

constexpr std::array<bool, 256> kIsTokenChar = [] {
    std::array<bool, 256> table{};
    for (const char c : kTokenChars) table[static_cast<uint8_t>(c)] = true;
    return table;
}();

constexpr std::array<bool, 256> kEndsTarget = [] {
    std::array<bool, 256> table{};
    for (const char c : {' ', '\r', '\n'}) table[static_cast<uint8_t>(c)] = true;
    return table;
}();

bool is_token_char(char c) {
    return kIsTokenChar[static_cast<uint8_t>(c)];
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_line_end(char c) {
    return c == '\r' || c == '\n';
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

// False when there was no room for all of it.
bool append(std::string& kept, std::string_view bytes, size_t most) {
    const size_t room = most - std::min(most, kept.size());
    kept.append(bytes.substr(0, room));
    return bytes.size() <= room;
}

void keep_tail(std::string& tail, std::string_view bytes, size_t size) {
    if (bytes.size() >= size) {
        tail.assign(bytes.substr(bytes.size() - size));
        return;
    }
    const size_t total = tail.size() + bytes.size();
    if (total > size) tail.erase(0, total - size);
    tail.append(bytes);
}

}  // namespace

struct HttpStream::Input {
    std::string_view segment;
    std::string_view rest;
    uint32_t seq;              // of the segment
    std::string_view target{};  // the part of a target in this segment that was not given out yet
    bool own_request = false;   // the request began in this segment

    uint32_t at() const { return seq + static_cast<uint32_t>(segment.size() - rest.size()); }
};

std::string_view http_event_name(HttpEvent event) {
    static constexpr std::array<std::string_view, static_cast<size_t>(HttpEvent::kCount)> kNames{
        "http_none",
        "http_request_line_truncated",
        "http_headers_truncated",
        "http_body_truncated",
        "http_bad_content_length",
        "http_bad_transfer_encoding",
        "http_bad_chunk",
        "http_too_many_hosts",
        "http_trailing_data",
        "http_url_cut",
        "http_header_cut",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

bool HttpStream::may_begin(std::string_view segment) {
    return !segment.empty() && (is_token_char(segment.front()) || is_line_end(segment.front()));
}

void HttpStream::feed(std::string_view segment, uint32_t seq, Visitor& visitor) {
    if (state_ == State::kNoRequest) state_ = State::kBetween;
    Input in{segment, segment, seq};
    while (!in.rest.empty()) step(in, visitor);
    give_target(in, visitor);
}

void HttpStream::step(Input& in, Visitor& visitor) {
    switch (state_) {
        case State::kNoRequest:
            in.rest = {};
            return;
        case State::kBetween:
            return begin(in);
        case State::kMethod:
            return read_method(in, visitor);
        case State::kTarget:
            return read_target(in, visitor);
        case State::kProtocol:
            return read_protocol(in, visitor);
        case State::kHeaders:
            return read_header_line(in, visitor);
        case State::kBody:
            return skip(in);
        case State::kChunkSize:
            return read_chunk_size(in, visitor);
        case State::kChunk:
            return skip(in);
        case State::kChunkEnd:
            return read_chunk_end(in, visitor);
        case State::kTrailer:
            return read_trailer(in);
    }
}

void HttpStream::begin(Input& in) {
    while (!in.rest.empty() && is_line_end(in.rest.front())) in.rest.remove_prefix(1);
    if (in.rest.empty()) return;
    state_ = State::kMethod;
    in.own_request = true;
    request_.begin = in.at();
    request_.method.clear();
    request_.target.clear();
    request_.protocol.clear();
    request_.marks.clear();
    target_len_ = 0;
    tail_.clear();
    line_.clear();
}

// Part by part, and not after a search for the line's end: most payloads are no HTTP and end here
// within a few bytes.
void HttpStream::read_method(Input& in, Visitor& visitor) {
    size_t len = 0;
    while (len < in.rest.size() && is_token_char(in.rest[len])) ++len;
    append(request_.method, in.rest.substr(0, len), kKeptMethod);
    in.rest.remove_prefix(len);
    if (in.rest.empty()) return;
    if (request_.method.empty() || in.rest.front() != ' ') return refuse(in, visitor);
    in.rest.remove_prefix(1);
    state_ = State::kTarget;
}

void HttpStream::read_target(Input& in, Visitor& visitor) {
    size_t len = 0;
    while (len < in.rest.size() && !kEndsTarget[static_cast<uint8_t>(in.rest[len])]) ++len;
    in.target = in.rest.substr(0, len);
    target_len_ += len;
    in.rest.remove_prefix(len);
    if (in.rest.empty()) return;
    if (target_len_ == 0 || in.rest.front() != ' ') return refuse(in, visitor);
    in.rest.remove_prefix(1);
    state_ = State::kProtocol;
}

void HttpStream::read_protocol(Input& in, Visitor& visitor) {
    while (!in.rest.empty()) {
        const char c = in.rest.front();
        const size_t at = request_.protocol.size();
        if (at < kProtocolShape.size()) {
            const char want = kProtocolShape[at];
            if (want == '0' ? !is_digit(c) : c != want) return refuse(in, visitor);
            request_.protocol += c;
        } else if (c == '\r' && at == kProtocolShape.size()) {
            request_.protocol += c;
        } else if (c != '\n') {
            return refuse(in, visitor);
        }
        in.rest.remove_prefix(1);
        if (c == '\n') return begin_headers(in, visitor);
    }
}

void HttpStream::begin_headers(Input& in, Visitor& visitor) {
    request_.protocol.resize(kProtocolShape.size());
    give_target(in, visitor);
    visitor.on_request(request_);
    state_ = State::kHeaders;
    first_line_ = body_known_ = true;
    has_length_ = encoded_ = chunked_ = switches_ = false;
    header_ = Header::kOther;
    hosts_ = 0;
    left_ = 0;
}

void HttpStream::give_target(Input& in, Visitor& visitor) {
    if (in.target.empty()) return;
    visitor.on_target(request_, tail_, in.target);
    const bool shown_whole = target_len_ - in.target.size() <= kKeptTarget;
    if (!append(request_.target, in.target, kKeptTarget) && shown_whole)
        visitor.on_http_event(HttpEvent::kUrlCut);
    keep_tail(tail_, in.target, visitor.target_context());
    in.target = {};
}

// The bytes since the request's beginning are none. If that was in an earlier segment, this one may
// begin with one: both were only tried.
void HttpStream::refuse(Input& in, Visitor& visitor) {
    if (std::exchange(confirmed_, false)) visitor.on_http_event(HttpEvent::kTrailingData);
    in.target = {};
    in.rest = in.own_request ? std::string_view() : in.segment;
    state_ = in.own_request ? State::kNoRequest : State::kBetween;
}

// The line that ends next, without its line end; nothing if the segment ends before it does.
std::optional<std::string_view> HttpStream::take_line(Input& in) {
    const size_t lf = in.rest.find('\n');
    std::string_view line = in.rest.substr(0, lf);
    in.rest.remove_prefix(lf == std::string_view::npos ? in.rest.size() : lf + 1);
    if (lf == std::string_view::npos || !line_.empty()) {
        line_cut_ = !append(line_, line, kKeptValue) || line_cut_;
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
        header_line(trim(*line), visitor);
    }
    first_line_ = false;
    line_done();
}

void HttpStream::header_line(std::string_view line, Visitor& visitor) {
    static constexpr std::array<std::pair<std::string_view, Header>, 4> kKnown{
        {{"host", Header::kHost},
         {"content-length", Header::kContentLength},
         {"transfer-encoding", Header::kTransferEncoding},
         {"upgrade", Header::kUpgrade}}};
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = trim_end(line.substr(0, colon));
    for (const auto& [known, header] : kKnown)
        if (name.size() == known.size() && same_ignoring_case(name, known)) header_ = header;
    value_.clear();
    header_value(trim(line.substr(colon + 1)), visitor);
}

// A folded value's lines are joined by a space (RFC 9112 §5.2). Whether one is folded further is
// not known when its line ends: a Host is given out each time.
void HttpStream::header_value(std::string_view value, Visitor& visitor) {
    if (header_ == Header::kOther) return;
    if (!value_.empty() && !value.empty()) value_ += ' ';
    if (!append(value_, value, kKeptValue) || line_cut_)
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
    line_done();
    if (!len) return lose(HttpEvent::kBadChunk, visitor);
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

void HttpStream::finish(Visitor& visitor) {
    switch (state_) {
        case State::kTarget:
        case State::kProtocol:
            return visitor.on_http_event(HttpEvent::kRequestLineTruncated);
        case State::kHeaders:
            return visitor.on_http_event(HttpEvent::kHeadersTruncated);
        case State::kBody:
        case State::kChunkSize:
        case State::kChunk:
        case State::kChunkEnd:
        case State::kTrailer:
            return visitor.on_http_event(HttpEvent::kBodyTruncated);
        default:
            return;
    }
}

size_t HttpStream::memory_bytes() const {
    return sizeof(*this) + request_.target.capacity() + request_.method.capacity() +
           request_.marks.capacity() * sizeof(uint32_t) + tail_.capacity() + line_.capacity() +
           value_.capacity();
}

}  // namespace peek
