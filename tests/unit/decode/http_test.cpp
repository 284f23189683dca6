// SPDX-License-Identifier: BSD-2-Clause
#include "decode/http.h"

#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace peek {

std::ostream& operator<<(std::ostream& out, HttpEvent event) {
    return out << http_event_name(event);
}

namespace {

using Texts = std::vector<std::string>;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

struct Read {
    Texts targets;
    Texts hosts;
    HttpEvent event = HttpEvent::kNone;
};

// Copies, so that the payload stands in memory of exactly its size.
Read read(const std::string& payload) {
    const std::vector<char> exact(payload.begin(), payload.end());
    HttpRequests requests({exact.data(), exact.size()});
    Read result;
    for (HttpRequest request; requests.next(request);) {
        result.targets.emplace_back(request.target);
        HttpHeaderLines lines(request.headers);
        for (std::string_view host; lines.next("host", host);) result.hosts.emplace_back(host);
    }
    result.event = requests.event();
    return result;
}

void expect_no_request(const std::string& payload) {
    SCOPED_TRACE(payload);
    EXPECT_EQ(read(payload).targets, Texts{});
    EXPECT_EQ(read(payload).event, HttpEvent::kNone);
}

TEST(HttpRequests, PartsOfARequest) {
    const std::string payload = "POST http://h/x?y HTTP/1.0\r\nHost: h\r\nA: b\r\n\r\n";
    HttpRequests requests(payload);
    HttpRequest request;
    ASSERT_TRUE(requests.next(request));
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "http://h/x?y");
    EXPECT_EQ(request.protocol, "HTTP/1.0");
    EXPECT_EQ(request.headers, "Host: h\r\nA: b\r\n");
    EXPECT_FALSE(requests.next(request));
    EXPECT_FALSE(requests.next(request));
    EXPECT_EQ(requests.event(), HttpEvent::kNone);
}

TEST(HttpRequests, LinesMayEndWithABareLf) {
    const Read result = read("GET /a HTTP/1.1\nHost: h\n\nGET /b HTTP/1.1\nHost:i\r\n\n");
    EXPECT_EQ(result.targets, (Texts{"/a", "/b"}));
    EXPECT_EQ(result.hosts, (Texts{"h", "i"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpRequests, MethodIsAnyTokenAndTargetAlmostAnyBytes) {
    EXPECT_EQ(read("!#$%&'*+-.^_`|~0aZ x HTTP/9.9\n\n").targets, Texts{"x"});
    const std::string odd = std::string("\0\t\x7f\xc3\xa4\"<>\\", 9);
    EXPECT_EQ(read("M " + odd + " HTTP/1.1\r\n\r\n").targets, Texts{odd});
    EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\n\r\n").targets, Texts{"*"});
}

TEST(HttpRequests, OtherLinesAreNoRequest) {
    expect_no_request("");
    expect_no_request("\r\n" + kGet);
    expect_no_request(" " + kGet);
    expect_no_request("GET  HTTP/1.1\r\n\r\n");
    expect_no_request("GET  /a HTTP/1.1\r\n\r\n");
    expect_no_request("GET /a  HTTP/1.1\r\n\r\n");
    expect_no_request("GET /a HTTP/1.1 \r\n\r\n");
    expect_no_request("GET /a HTTP/1.1\r\r\n\r\n");
    expect_no_request("GET\t/a HTTP/1.1\r\n\r\n");
    expect_no_request("G(T /a HTTP/1.1\r\n\r\n");
    expect_no_request("GET /a HTTP/11\r\n\r\n");
    expect_no_request("GET /a HTTP/1.x\r\n\r\n");
    expect_no_request("GET /a http/1.1\r\n\r\n");
    expect_no_request("GET /a HTTP/1.10\r\n\r\n");
    expect_no_request("GET /a\r\n\r\n");
    expect_no_request("GET /a\rb HTTP/1.1\r\n\r\n");
    expect_no_request("HTTP/1.1 200 OK\r\n\r\n");
    expect_no_request("220 mail.example ESMTP\r\n");
    expect_no_request("\x16\x03\x01\x02");
    expect_no_request("abcdef");
}

TEST(HttpRequests, EveryTruncationIsNamed) {
    const size_t line = std::string("GET /a HTTP/1.1\r\n").size();
    for (size_t size = 4; size < kGet.size(); ++size) {
        SCOPED_TRACE(size);
        const Read result = read(kGet.substr(0, size));
        EXPECT_EQ(result.targets, size < line ? Texts{} : Texts{"/a"});
        EXPECT_EQ(result.event,
                  size < line ? HttpEvent::kRequestLineTruncated : HttpEvent::kHeadersTruncated);
    }
    EXPECT_EQ(read(kGet).event, HttpEvent::kNone);
}

TEST(HttpRequests, PipelinedRequestsAreAllGiven) {
    const Read result =
        read(kGet + "GET /b HTTP/1.1\r\n\r\n" + "GET /c HTTP/1.0\r\nHost: x\r\n\r\n");
    EXPECT_EQ(result.targets, (Texts{"/a", "/b", "/c"}));
    EXPECT_EQ(result.hosts, (Texts{"h", "x"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpRequests, ACutPipelinedRequestKeepsTheOnesBeforeIt) {
    const Read result = read(kGet + "GET /b HTT");
    EXPECT_EQ(result.targets, Texts{"/a"});
    EXPECT_EQ(result.event, HttpEvent::kRequestLineTruncated);
}

TEST(HttpRequests, OtherBytesBehindARequestEndThePayload) {
    for (const char* rest : {"\r\n", "\x01\x02", "GET /x\r\n"}) {
        const Read result = read(kGet + rest + kGet);
        EXPECT_EQ(result.targets, Texts{"/a"});
        EXPECT_EQ(result.event, HttpEvent::kTrailingData);
    }
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST /p HTTP/1.1\r\n" + headers + "\r\n" + body;
}

TEST(HttpRequests, BodyOfAContentLengthIsSkipped) {
    const Read result = read(post("content-length :\t29\r\n", kGet) + "GET /c HTTP/1.1\r\n\r\n");
    EXPECT_EQ(result.targets, (Texts{"/p", "/c"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpRequests, BodyThatIsCutEndsThePayload) {
    const Read result = read(post("Content-Length: 30\r\n", kGet));
    EXPECT_EQ(result.targets, Texts{"/p"});
    EXPECT_EQ(result.event, HttpEvent::kBodyTruncated);
}

TEST(HttpRequests, ContentLengthsMustBeOneNumber) {
    for (const char* headers :
         {"Content-Length: x\r\n", "Content-Length:\r\n", "Content-Length: -1\r\n",
          "Content-Length: 0x0\r\n", "Content-Length: 99999999999999999999\r\n",
          "Content-Length: 0, 0\r\n", "Content-Length: 0\r\nContent-Length: 1\r\n"}) {
        SCOPED_TRACE(headers);
        const Read result = read(post(headers, kGet));
        EXPECT_EQ(result.targets, Texts{"/p"});
        EXPECT_EQ(result.event, HttpEvent::kBadContentLength);
    }
    EXPECT_EQ(read(post("Content-Length: 0\r\nContent-Length: 0\r\n", kGet)).targets,
              (Texts{"/p", "/a"}));
}

TEST(HttpRequests, ChunkedBodyIsSkipped) {
    const std::string chunked =
        "Transfer-Encoding: gzip, deflate, Chunked\r\nContent-Length: 1\r\n";
    for (const char* body :
         {"0\r\n\r\n", "5\r\nGET /\r\n0\r\n\r\n",
          "0A;ext=1\r\n0123456789\r\n1 \r\n\n\r\n000\r\n\r\n", "1\na\n0\nTrailer: x\n\n"}) {
        SCOPED_TRACE(body);
        const Read result = read(post(chunked, body) + kGet);
        EXPECT_EQ(result.targets, (Texts{"/p", "/a"}));
        EXPECT_EQ(result.event, HttpEvent::kNone);
    }
}

TEST(HttpRequests, EveryTruncationOfAChunkedBodyIsNamed) {
    const std::string whole =
        post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nb\r\n01234567890\r\n0\r\nA: b\r\n\r\n");
    const size_t body_at = whole.find("3\r\nabc");
    for (size_t size = body_at; size < whole.size(); ++size) {
        SCOPED_TRACE(size);
        EXPECT_EQ(read(whole.substr(0, size)).targets, Texts{"/p"});
        EXPECT_EQ(read(whole.substr(0, size)).event, HttpEvent::kBodyTruncated);
    }
    EXPECT_EQ(read(whole).event, HttpEvent::kNone);
}

TEST(HttpRequests, BadChunksEndThePayload) {
    for (const char* body : {"\r\n", "g\r\n", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n"}) {
        const Read result = read(post("Transfer-Encoding: chunked\r\n", body) + kGet);
        EXPECT_EQ(result.targets, Texts{"/p"});
        EXPECT_EQ(result.event, HttpEvent::kBadChunk);
    }
    const Read huge = read(post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n") + kGet);
    EXPECT_EQ(huge.targets, Texts{"/p"});
    EXPECT_EQ(huge.event, HttpEvent::kBodyTruncated);
}

TEST(HttpRequests, OtherTransferCodingsEndThePayload) {
    for (const char* headers :
         {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, gzip\r\n",
          "Transfer-Encoding:\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"}) {
        const Read result = read(post(headers, "0\r\n\r\n") + kGet);
        EXPECT_EQ(result.targets, Texts{"/p"});
        EXPECT_EQ(result.event, HttpEvent::kBadTransferEncoding);
    }
}

Texts hosts(const std::string& header_lines) {
    return read("GET / HTTP/1.1\r\n" + header_lines).hosts;
}

TEST(HttpHeaderLines, EveryHostLineInAnyCaseWithoutTheSpaceAround) {
    EXPECT_EQ(hosts("HOST:a\r\nx: y\r\nhost: \t b:80\t \nHoSt :c\r\nHost:\r\n\r\n"),
              (Texts{"a", "b:80", "c", ""}));
}

TEST(HttpHeaderLines, OtherLinesAreNoHostLines) {
    EXPECT_EQ(hosts("Hosts: a\r\nX-Host: b\r\nHost\r\n Host: c\r\n\tHost: d\r\nX: Host: e\r\n\r\n"),
              Texts{});
}

TEST(HttpHeaderLines, ALineThatThePayloadCutsIsNotGiven) {
    EXPECT_EQ(hosts("Host: whole\r\nHost: cu"), Texts{"whole"});
}

TEST(HttpHeaderLines, LinesBehindTheEmptyLineAreNoHeaders) {
    EXPECT_EQ(hosts("Host: a\r\n\r\nHost: b\r\n"), Texts{"a"});
}

TEST(HttpRequests, EveryFlippedBitStaysInsideThePayload) {
    const std::string whole = post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n") +
                              post("Content-Length: 2\r\n", "ab") + kGet;
    ASSERT_EQ(read(whole).targets, (Texts{"/p", "/p", "/a"}));
    for (size_t at = 0; at < whole.size() * 8; ++at) {
        SCOPED_TRACE(at);
        std::string flipped = whole;
        flipped[at / 8] = static_cast<char>(flipped[at / 8] ^ (1 << (at % 8)));
        EXPECT_LE(read(flipped).targets.size(), 3U);
    }
}

TEST(HttpEventNames, AreDistinct) {
    std::set<std::string_view> names;
    for (uint8_t i = 0; i < static_cast<uint8_t>(HttpEvent::kCount); ++i) {
        names.insert(http_event_name(static_cast<HttpEvent>(i)));
    }
    EXPECT_EQ(names.size(), static_cast<size_t>(HttpEvent::kCount));
    EXPECT_EQ(http_event_name(HttpEvent::kTrailingData), "http_trailing_data");
}

}  // namespace
}  // namespace peek
