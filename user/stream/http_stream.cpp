// SPDX-License-Identifier: BSD-2-Clause
// HttpStream: request lines.
#include "stream/http_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stream/http_input.h"

namespace peek {
namespace {

// RFC 9110 §5.6.2.
constexpr std::string_view kTokenChars =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kProtocolShape = "HTTP/0.0";
constexpr std::string_view kOldProtocol = "HTTP/0.9";

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

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_common(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "POST" || method == "PUT";
}

// The whole of a request line, as far as a segment can be told to begin with one.
bool is_request_line(std::string_view segment) {
    std::string_view line = segment.substr(0, segment.find('\n'));
    if (line.size() == segment.size() || !HttpStream::may_begin(line)) return false;
    while (!line.empty() && (is_line_end(line.back()) || is_blank(line.back())))
        line.remove_suffix(1);
    const size_t protocol = line.find_last_of(" \t");
    return protocol != std::string_view::npos && line.substr(protocol + 1).starts_with("HTTP/");
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
        "http_bad_request_line",
        "http_request_in_body",
        "http_trailing_data",
        "http_url_cut",
        "http_header_cut",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

bool HttpStream::may_begin(std::string_view segment) {
    const auto method = std::find_if_not(segment.begin(), segment.end(), is_line_end);
    const auto end = std::find_if_not(method, segment.end(), is_token_char);
    return end != method && (end == segment.end() || is_blank(*end));
}

void HttpStream::feed(std::string_view segment, uint32_t seq, Visitor& visitor) {
    if (state_ == State::kNoRequest) state_ = State::kBetween;
    if (in_body() && is_request_line(segment)) visitor.on_http_event(HttpEvent::kRequestInBody);
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
    append_bounded(request_.method, in.rest.substr(0, len), kKeptMethod);
    in.rest.remove_prefix(len);
    if (in.rest.empty()) return;
    if (request_.method.empty() || !is_blank(in.rest.front())) return refuse(in, visitor);
    state_ = State::kTarget;
}

void HttpStream::read_target(Input& in, Visitor& visitor) {
    while (target_len_ == 0 && !in.rest.empty() && is_blank(in.rest.front()))
        in.rest.remove_prefix(1);
    if (target_len_ == 0) request_.target_begin = in.at();
    size_t len = 0;
    while (len < in.rest.size() && !kEndsTarget[static_cast<uint8_t>(in.rest[len])]) ++len;
    in.target = in.rest.substr(0, len);
    target_len_ += len;
    in.rest.remove_prefix(len);
    if (in.rest.empty()) return;
    if (target_len_ == 0) return refuse(in, visitor);
    state_ = State::kProtocol;
}

// What is kept of the protocol tells how far it is read: kProtocolShape, then a CR.
void HttpStream::read_protocol(Input& in, Visitor& visitor) {
    std::string& protocol = request_.protocol;
    while (!in.rest.empty()) {
        const char c = in.rest.front();
        const size_t at = protocol.size();
        if (at == 0 && is_line_end(c) && may_be_old(in)) protocol = kOldProtocol;
        const bool whole = protocol.size() == kProtocolShape.size();
        if (whole && c == '\r') {
            protocol += c;
        } else if (at < kProtocolShape.size() && !whole) {
            const char want = kProtocolShape[at];
            if (want == '0' ? is_digit(c) : c == want)
                protocol += c;
            else if (at != 0 || !is_blank(c))
                return refuse(in, visitor);
        } else if (c != '\n' && !(whole && (is_blank(c) || is_digit(c)))) {
            return refuse(in, visitor);
        }
        in.rest.remove_prefix(1);
        if (c == '\n') return begin_headers(in, visitor);
    }
}

// Whether a request line without a protocol is one of HTTP/0.9.
bool HttpStream::may_be_old(const Input& in) const {
    return request_.method == "GET" && target_begins(in, '/');
}

bool HttpStream::target_begins(const Input& in, char c) const {
    return (request_.target.empty() ? in.target : request_.target).front() == c;
}

void HttpStream::begin_headers(Input& in, Visitor& visitor) {
    request_.protocol.resize(kProtocolShape.size());
    give_target(in, visitor);
    visitor.on_request(request_);
    // For some servers the target ends at a HTAB.
    if (request_.protocol == kOldProtocol && request_.target.find('\t') != std::string::npos)
        visitor.on_http_event(HttpEvent::kBadRequestLine);
    confirmed_ = false;
    state_ = request_.protocol == kOldProtocol ? State::kBetween : State::kHeaders;
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
    if (!append_bounded(request_.target, in.target, kKeptTarget) && shown_whole)
        visitor.on_http_event(HttpEvent::kUrlCut);
    keep_tail(tail_, in.target, visitor.target_context());
    in.target = {};
}

// The bytes since the request's beginning are none. If that was in an earlier segment, this one may
// begin with one: both were only tried.
void HttpStream::refuse(Input& in, Visitor& visitor) {
    if (std::exchange(confirmed_, false)) visitor.on_http_event(HttpEvent::kTrailingData);
    if (state_ == State::kProtocol && is_common(request_.method) && target_begins(in, '/'))
        visitor.on_http_event(HttpEvent::kBadRequestLine);
    in.target = {};
    in.rest = in.own_request ? std::string_view() : in.segment;
    state_ = in.own_request ? State::kNoRequest : State::kBetween;
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
