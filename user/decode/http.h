// SPDX-License-Identifier: BSD-2-Clause
// The requests of an HTTP/1 client in one TCP payload (RFC 9112). Everything works in place on the
// bytes given, which must outlive the objects and the views; no allocation, and work linear in the
// payload's length.
//
// A request begins with a request line: method SP target SP HTTP/digit.digit, ended by CRLF or LF.
// The method is a token (RFC 9110 §5.6.2); the target is one or more bytes other than SP, CR and
// LF, so that raw UTF-8 and control bytes, which some servers accept, are looked at too. The line
// stands at the payload's first byte or right behind a complete request: one whose header block
// ends with an empty line and whose body (Content-Length, or chunked) lies wholly in the payload.
#pragma once

#include <cstdint>
#include <string_view>

namespace peek {

// Why nothing further was looked for behind the last request. Each is a named counter. A payload
// that does not begin with a request is no event.
enum class HttpEvent : uint8_t {
    kNone,
    kRequestLineTruncated,  // a token and a space, and the payload ends before the line does
    kHeadersTruncated,      // the payload ends before the header block's empty line
    kBodyTruncated,         // the payload ends before the body does
    kBadContentLength,      // not a number, or several that differ
    kBadTransferEncoding,   // its last coding is not "chunked": the body's end is unknown
    kBadChunk,              // a chunk's size is no hexadecimal number or its data has no line end
    kTooManyHosts,          // more Host lines than are searched
    kTrailingData,          // bytes that are no request line behind a complete request
    kCount
};
std::string_view http_event_name(HttpEvent event);  // "http_headers_truncated", …

struct HttpRequest {
    std::string_view method;
    std::string_view target;    // as sent
    std::string_view protocol;  // "HTTP/1.1"
    // The header lines with their line ends, without the empty line that closes them; what there is
    // of them when the payload ends first.
    std::string_view headers;
};

//   HttpRequests requests(payload);
//   while (requests.next(request)) …
//   if (requests.event() != HttpEvent::kNone) …
class HttpRequests {
  public:
    explicit HttpRequests(std::string_view payload) : rest_(payload) {}

    bool next(HttpRequest& request);
    // Why it ended; kNone while requests are given out.
    HttpEvent event() const { return event_; }

  private:
    bool end(HttpEvent event);

    std::string_view rest_;
    bool first_ = true;
    HttpEvent event_ = HttpEvent::kNone;
    HttpEvent pending_ = HttpEvent::kNone;  // of the request given out last; ends the next call
};

// The lines of a header block (HttpRequest::headers). A line that the payload's end cuts off is not
// given out: its value is not known. White space between name and colon, which some servers
// forgive, is ignored; folded lines (RFC 9112 §5.2) are not joined.
class HttpHeaderLines {
  public:
    explicit HttpHeaderLines(std::string_view headers) : rest_(headers) {}

    // The value, without the white space around it, of the next line whose name is `name` in any
    // case; false when there is none left.
    bool next(std::string_view name, std::string_view& value);

  private:
    std::string_view rest_;
};

}  // namespace peek
