// SPDX-License-Identifier: BSD-2-Clause
// HttpStream: the requests in one direction of a connection (RFC 9112), read segment by segment.
//
// A request begins with a request line: method SP target SP HTTP/digit.digit, ended by CRLF or LF.
// The method is a token (RFC 9110 §5.6.2); the target is one or more bytes other than SP, CR and
// LF, in any of the four forms. Empty lines in front are skipped (RFC 9112 §2.2). Servers take more
// than the grammar allows: several SP and HTAB in front of the target, several SP behind it, more
// of both and digits behind the protocol, and, of HTTP/0.9, GET SP path with nothing behind (RFC
// 1945 §4.1).
//
// Where a request may begin: right behind a complete one (header block, then a body by
// Content-Length or chunked), and, while what the bytes are is not known, at the start of every
// segment: in the middle of a connection, behind a body without a known end, behind bytes that are
// no request, behind CONNECT or an upgrade. So the other direction's answers are not needed.
//
// Nothing is buffered but what a record shows and header lines that segments split, each within a
// constant; beyond it, bytes are still searched, and the cap is counted. Work is linear in the
// bytes. A copy is another reading that goes on from the same state. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peek {

// Malformed requests and caps. Each is a named counter.
enum class HttpEvent : uint8_t {
    kNone,
    kRequestLineTruncated,  // the stream, or the packet on its own, ends within a request line
    kHeadersTruncated,      // … within a header block
    kBodyTruncated,         // … within a body
    // Where the body ends is unknown, and so whether a request follows in the same segment.
    kBadContentLength,     // not a number, or several that differ
    kBadTransferEncoding,  // its last coding is not "chunked"; or it is doubtful, and followed
    kBadChunk,  // a size that is no hexadecimal number or past kKeptValue, data without a line end
    kTooManyHosts,    // more Host lines than kMaxHosts; the further ones are not searched
    kBadRequestLine,  // GET, HEAD, POST or PUT, and a path, and then no protocol: not searched
    kRequestInBody,   // a segment that by all that was seen continues a body begins with a request
    kTrailingData,    // bytes that are no request line behind a complete request
    kUrlCut,          // a target longer than kKeptTarget: matched to its end, shown cut
    kHeaderCut,       // a Host, Content-Length or Transfer-Encoding value past kKeptValue
    kCount
};
constexpr bool is_blind(HttpEvent event) {
    switch (event) {
        case HttpEvent::kBadContentLength:
        case HttpEvent::kBadTransferEncoding:
        case HttpEvent::kBadChunk:
        case HttpEvent::kBadRequestLine:
        case HttpEvent::kRequestInBody:
        case HttpEvent::kTooManyHosts:
        case HttpEvent::kHeaderCut:
            return true;
        default:
            return false;
    }
}
std::string_view http_event_name(HttpEvent event);  // "http_headers_truncated", …

struct HttpRequest {
    uint32_t begin = 0;  // sequence number of its first byte
    // Of the target's: the same in whatever reading of the method, of which a gap may hide a part.
    uint32_t target_begin = 0;
    std::string method;           // its first kKeptMethod bytes
    std::string target;           // as sent, its first kKeptTarget bytes
    std::string protocol;         // "HTTP/1.1"
    std::vector<uint32_t> marks;  // the visitor's: rules found so far

    bool operator==(const HttpRequest&) const = default;
};

class HttpStream {
  public:
    static constexpr size_t kKeptMethod = 64;
    static constexpr size_t kKeptTarget = 65'536;
    static constexpr size_t kKeptValue = 8'192;
    static constexpr int kMaxHosts = 32;  // Host lines of a request; RFC 9112 §3.2 allows one

    class Visitor {
      public:
        virtual ~Visitor() = default;
        // How many bytes in front of a target's next ones on_target() needs.
        virtual size_t target_context() const = 0;
        // The target goes on with `bytes`, behind `before`, which was given earlier. The request
        // may still turn out to be none.
        virtual void on_target(HttpRequest& request, std::string_view before,
                               std::string_view bytes) = 0;
        // The request line is complete.
        virtual void on_request(HttpRequest& request) = 0;
        // A Host line, in any case, with its value; a folded one (RFC 9112 §5.2) as each of its
        // lines ends.
        virtual void on_host(HttpRequest& request, std::string_view value) = 0;
        virtual void on_http_event(HttpEvent event) = 0;
    };

    // `segment` follows what was fed before; `seq` is the sequence number of its first byte.
    void feed(std::string_view segment, uint32_t seq, Visitor& visitor);
    // Nothing follows: what is incomplete is counted.
    void finish(Visitor& visitor);

    // Nothing is known of what comes: like a new one.
    bool idle() const { return state_ <= State::kBetween && !confirmed_; }
    // Whether an idle one could find the beginning of a request here.
    static bool may_begin(std::string_view segment);
    // Whether a request is being read, from its first byte to its empty line.
    bool in_request() const { return state_ >= State::kMethod && state_ <= State::kHeaders; }
    const HttpRequest& request() const { return request_; }
    bool operator==(const HttpStream&) const = default;
    size_t memory_bytes() const;

  private:
    enum class State : uint8_t {
        kNoRequest,  // until the next segment
        kBetween,    // a request may begin
        kMethod,
        kTarget,
        kProtocol,
        kHeaders,
        kBody,
        kChunkSize,
        kChunk,
        kChunkEnd,
        kTrailer,
    };
    enum class Header : uint8_t {
        kOther,
        kHost,
        kContentLength,
        kTransferEncoding,
        kUpgrade,
    };
    // The part of a segment that is still to be read.
    struct Input;

    void step(Input& in, Visitor& visitor);
    bool in_body() const { return state_ >= State::kBody; }
    void begin(Input& in);
    void read_method(Input& in, Visitor& visitor);
    void read_target(Input& in, Visitor& visitor);
    void read_protocol(Input& in, Visitor& visitor);
    void begin_headers(Input& in, Visitor& visitor);
    void give_target(Input& in, Visitor& visitor);
    bool may_be_old(const Input& in) const;
    bool target_begins(const Input& in, char c) const;
    void refuse(Input& in, Visitor& visitor);
    std::optional<std::string_view> take_line(Input& in);
    void line_done();
    void read_header_line(Input& in, Visitor& visitor);
    void header_line(std::string_view line, bool indented, Visitor& visitor);
    void header_value(std::string_view value, Visitor& visitor);
    void end_header();
    void end_headers(Visitor& visitor);
    void lose(HttpEvent event, Visitor& visitor);
    void end_request();
    void skip(Input& in);
    void read_chunk_size(Input& in, Visitor& visitor);
    void read_chunk_end(Input& in, Visitor& visitor);
    void read_trailer(Input& in);

    State state_ = State::kBetween;
    Header header_ = Header::kOther;  // whose lines are being read
    bool confirmed_ = false;          // a complete request ended where this one is to begin
    bool first_line_ = false;         // of the header block
    bool line_cut_ = false;           // line_ is not the whole line
    bool body_known_ = false;         // no Content-Length is bad, no Transfer-Encoding doubtful
    bool has_length_ = false;
    bool encoded_ = false;   // has a Transfer-Encoding
    bool chunked_ = false;   // whose last coding is that
    bool switches_ = false;  // has an Upgrade header
    int hosts_ = 0;
    uint64_t left_ = 0;  // of the body or chunk
    uint64_t target_len_ = 0;
    HttpRequest request_;
    std::string tail_;   // the target's last bytes
    std::string line_;   // a line that segments split
    std::string value_;  // of the current header
};

}  // namespace peek
