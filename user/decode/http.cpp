// SPDX-License-Identifier: BSD-2-Clause
#include "decode/http.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace peek {
namespace {

// RFC 9110 §5.6.2.
constexpr std::string_view kTokenChars =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kWhiteSpace = " \t";

constexpr std::array<bool, 256> kIsTokenChar = [] {
    std::array<bool, 256> table{};
    for (const char c : kTokenChars) table[static_cast<uint8_t>(c)] = true;
    return table;
}();

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

// Takes a line off the front of `rest` and gives it without its CRLF or LF; nothing if `rest` ends
// before the line does.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const size_t lf = rest.find('\n');
    if (lf == std::string_view::npos) return std::nullopt;
    std::string_view line = rest.substr(0, lf);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    rest.remove_prefix(lf + 1);
    return line;
}

size_t token_len(std::string_view text) {
    size_t len = 0;
    while (len < text.size() && kIsTokenChar[static_cast<uint8_t>(text[len])]) ++len;
    return len;
}

enum class Line {
    kRequest,
    kCut,
    kOther
};

// How far `text` goes as "HTTP/", digit, ".", digit and a line end, whose length is added to `len`.
Line match_protocol(std::string_view text, size_t& len) {
    static constexpr std::string_view kShape = "HTTP/0.0";
    for (len = 0; len < kShape.size(); ++len) {
        if (len == text.size()) return Line::kCut;
        const char want = kShape[len];
        if (want == '0' ? !is_digit(text[len]) : text[len] != want) return Line::kOther;
    }
    if (len < text.size() && text[len] == '\r') ++len;
    if (len == text.size()) return Line::kCut;
    return text[len++] == '\n' ? Line::kRequest : Line::kOther;
}

// Takes a request line off the front of `rest`. Part by part, and not after a search for the
// line's end: most payloads are no HTTP and end here within a few bytes.
Line take_request_line(std::string_view& rest, HttpRequest& request) {
    const size_t method_len = token_len(rest);
    if (method_len == 0 || method_len == rest.size() || rest[method_len] != ' ') {
        return Line::kOther;
    }
    const size_t target_at = method_len + 1;
    const size_t target_end = rest.find_first_of(" \r\n", target_at);
    if (target_end == std::string_view::npos) return Line::kCut;
    if (target_end == target_at || rest[target_end] != ' ') return Line::kOther;

    const size_t protocol_at = target_end + 1;
    size_t protocol_len = 0;
    const Line line = match_protocol(rest.substr(protocol_at), protocol_len);
    if (line != Line::kRequest) return line;
    request.method = rest.substr(0, method_len);
    request.target = rest.substr(target_at, target_end - target_at);
    request.protocol = rest.substr(protocol_at, sizeof("HTTP/1.1") - 1);
    rest.remove_prefix(protocol_at + protocol_len);
    return Line::kRequest;
}

// Takes a header block with its empty line; false if it is cut, with `headers` what there is.
bool take_headers(std::string_view& rest, std::string_view& headers) {
    const std::string_view block = rest;
    for (;;) {
        const size_t line_at = block.size() - rest.size();
        const auto line = take_line(rest);
        headers = block.substr(0, line ? line_at : block.size());
        if (!line) return false;
        if (line->empty()) return true;
    }
}

std::optional<size_t> to_number(std::string_view text, unsigned base) {
    if (text.empty()) return std::nullopt;
    size_t number = 0;
    for (const char c : text) {
        const char l = lower(c);
        const unsigned digit = is_digit(l)            ? static_cast<unsigned>(l - '0')
                               : l >= 'a' && l <= 'f' ? static_cast<unsigned>(l - 'a') + 10
                                                      : base;
        if (digit >= base) return std::nullopt;
        if (number > (std::numeric_limits<size_t>::max() - digit) / base) return std::nullopt;
        number = number * base + digit;
    }
    return number;
}

HttpEvent skip_bytes(std::string_view& rest, size_t len) {
    if (len > rest.size()) return HttpEvent::kBodyTruncated;
    rest.remove_prefix(len);
    return HttpEvent::kNone;
}

// RFC 9112 §7.1: chunks, the last of them empty, then trailer lines up to an empty one.
HttpEvent skip_chunks(std::string_view& rest) {
    for (;;) {
        const auto line = take_line(rest);
        if (!line) return HttpEvent::kBodyTruncated;
        const auto len = to_number(trim(line->substr(0, line->find(';'))), 16);
        if (!len) return HttpEvent::kBadChunk;
        if (*len == 0) break;
        if (*len > rest.size()) return HttpEvent::kBodyTruncated;
        rest.remove_prefix(*len);
        const auto data_end = take_line(rest);
        if (!data_end) return HttpEvent::kBodyTruncated;
        if (!data_end->empty()) return HttpEvent::kBadChunk;
    }
    std::string_view trailer;
    return take_headers(rest, trailer) ? HttpEvent::kNone : HttpEvent::kBodyTruncated;
}

// RFC 9112 §6.3: "chunked" must be the last transfer coding and overrides Content-Length; that one
// may be repeated, with the same number.
HttpEvent skip_body(std::string_view headers, std::string_view& rest) {
    std::string_view value;
    std::string_view codings;
    bool encoded = false;
    for (HttpHeaderLines lines(headers); lines.next("Transfer-Encoding", value);) {
        encoded = true;
        codings = value;
    }
    if (encoded) {
        const std::string_view last = trim(codings.substr(codings.find_last_of(',') + 1));
        if (!same_ignoring_case(last, "chunked")) return HttpEvent::kBadTransferEncoding;
        return skip_chunks(rest);
    }
    std::optional<size_t> body_len;
    for (HttpHeaderLines lines(headers); lines.next("Content-Length", value);) {
        const auto len = to_number(value, 10);
        if (!len || (body_len && *body_len != *len)) return HttpEvent::kBadContentLength;
        body_len = len;
    }
    return skip_bytes(rest, body_len.value_or(0));
}

}  // namespace

std::string_view http_event_name(HttpEvent event) {
    static constexpr std::array<std::string_view, static_cast<size_t>(HttpEvent::kCount)> kNames{
        "http_none",           "http_request_line_truncated", "http_headers_truncated",
        "http_body_truncated", "http_bad_content_length",     "http_bad_transfer_encoding",
        "http_bad_chunk",      "http_too_many_hosts",         "http_trailing_data",
    };
    static_assert(!kNames.back().empty());
    return kNames[static_cast<size_t>(event)];
}

bool HttpRequests::end(HttpEvent event) {
    event_ = event;
    rest_ = {};
    return false;
}

bool HttpRequests::next(HttpRequest& request) {
    if (pending_ != HttpEvent::kNone) return end(pending_);
    if (rest_.empty()) return false;
    switch (take_request_line(rest_, request)) {
        case Line::kOther:
            return end(first_ ? HttpEvent::kNone : HttpEvent::kTrailingData);
        case Line::kCut:
            return end(HttpEvent::kRequestLineTruncated);
        case Line::kRequest:
            break;
    }
    first_ = false;
    pending_ = take_headers(rest_, request.headers) ? skip_body(request.headers, rest_)
                                                    : HttpEvent::kHeadersTruncated;
    return true;
}

bool HttpHeaderLines::next(std::string_view name, std::string_view& value) {
    while (const auto line = take_line(rest_)) {
        const size_t colon = line->find(':');
        if (colon == std::string_view::npos) continue;
        if (!same_ignoring_case(trim_end(line->substr(0, colon)), name)) continue;
        value = trim(line->substr(colon + 1));
        return true;
    }
    return false;
}

}  // namespace peek
