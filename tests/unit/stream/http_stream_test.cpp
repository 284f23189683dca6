// SPDX-License-Identifier: BSD-2-Clause
#include "stream/http_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
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

struct Read final : HttpStream::Visitor {
    Texts targets;  // as on_target() gave them
    Texts lines;    // method, target and protocol of each request
    Texts hosts;
    HttpEvent event = HttpEvent::kNone;  // the first
    std::vector<HttpEvent> events;

    size_t target_context() const override { return 5; }
    void on_target(HttpRequest& /*request*/, std::string_view before,
                   std::string_view bytes) override {
        if (before.empty()) given.clear();
        EXPECT_EQ(before, given.substr(given.size() - std::min<size_t>(given.size(), 5)));
        given.append(bytes);
        given_size = given.size();
    }
    void on_request(HttpRequest& request) override {
        EXPECT_TRUE(given.starts_with(request.target));
        targets.push_back(request.target);
        lines.push_back(request.method + ' ' + request.target + ' ' + request.protocol);
        given.clear();
    }
    void on_host(HttpRequest& /*request*/, std::string_view value) override {
        hosts.emplace_back(value);
    }
    void on_http_event(HttpEvent met) override {
        if (event == HttpEvent::kNone) event = met;
        events.push_back(met);
    }

    std::string given;
    size_t given_size = 0;
};

// Copies, so that a segment stands in memory of exactly its size.
Read read_all(const Texts& segments) {
    Read result;
    HttpStream stream;
    uint32_t seq = 0;
    for (const std::string& segment : segments) {
        const std::vector<char> exact(segment.begin(), segment.end());
        stream.feed({exact.data(), exact.size()}, seq, result);
        seq += static_cast<uint32_t>(segment.size());
    }
    stream.finish(result);
    return result;
}

Read read(const std::string& payload) {
    return read_all({payload});
}

Texts bytes_of(const std::string& text) {
    Texts bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    return bytes;
}

std::vector<Texts> splits_of(const std::string& text) {
    std::vector<Texts> splits;
    for (size_t at = 1; at < text.size(); ++at)
        splits.push_back({text.substr(0, at), text.substr(at)});
    return splits;
}

void expect_no_request(const std::string& payload) {
    SCOPED_TRACE(payload);
    EXPECT_EQ(read(payload).targets, Texts{});
    EXPECT_EQ(read(payload).event, HttpEvent::kNone);
}

TEST(HttpStream, PartsOfARequest) {
    const Read result = read("POST http://h/x?y HTTP/1.0\r\nHost: h\r\nA: b\r\n\r\n");
    EXPECT_EQ(result.lines, Texts{"POST http://h/x?y HTTP/1.0"});
    EXPECT_EQ(result.hosts, Texts{"h"});
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpStream, LinesMayEndWithABareLf) {
    const Read result = read("GET /a HTTP/1.1\nHost: h\n\nGET /b HTTP/1.1\nHost:i\r\n\n");
    EXPECT_EQ(result.targets, (Texts{"/a", "/b"}));
    EXPECT_EQ(result.hosts, (Texts{"h", "i"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpStream, MethodIsAnyTokenAndTargetAlmostAnyBytes) {
    EXPECT_EQ(read("!#$%&'*+-.^_`|~0aZ x HTTP/9.9\n\n").targets, Texts{"x"});
    const std::string odd = std::string("\0\t\x7f\xc3\xa4\"<>\\", 9);
    EXPECT_EQ(read("M " + odd + " HTTP/1.1\r\n\r\n").targets, Texts{odd});
    EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\n\r\n").targets, Texts{"*"});
}

TEST(HttpStream, OtherLinesAreNoRequest) {
    expect_no_request("");
    expect_no_request(" " + kGet);
    expect_no_request("GET  HTTP/1.1\r\n\r\n");
    expect_no_request("G(T /a HTTP/1.1\r\n\r\n");
    expect_no_request("GET a\r\n\r\n");
    expect_no_request("HTTP/1.1 200 OK\r\n\r\n");
    expect_no_request("220 mail.example ESMTP\r\n");
    expect_no_request("\x16\x03\x01\x02");
    expect_no_request("abcdef");
}

TEST(HttpStream, WhereServersDifferInTheBodysEndTheStandardIsFollowedAndBlindCounted) {
    for (const std::string headers :
         {"Transfer-Encoding : chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
          "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"}) {
        SCOPED_TRACE(headers);
        const Read result =
            read("POST / HTTP/1.1\r\n" + headers + "\r\n1\r\na\r\n0\r\n\r\n" + kGet);
        EXPECT_EQ(result.targets, (Texts{"/", "/a"}));
        EXPECT_EQ(result.events, std::vector{HttpEvent::kBadTransferEncoding});
    }
}

TEST(HttpStream, WhatServersTakeBeyondTheGrammarIsTaken) {
    for (const std::string line :
         {"GET  /a HTTP/1.1", "GET \t /a HTTP/1.1", "GET\t/a HTTP/1.1", "GET /a  HTTP/1.1",
          "GET /a HTTP/1.1 ", "GET /a HTTP/1.1 \t", "GET /a HTTP/1.10"}) {
        SCOPED_TRACE(line);
        const std::string text = line + "\r\nHost: h\r\n\r\n";
        EXPECT_EQ(read(text).targets, Texts{"/a"});
        EXPECT_EQ(read(text).hosts, Texts{"h"});
        EXPECT_EQ(read(text + kGet).targets, (Texts{"/a", "/a"}));
        for (const Texts& split : splits_of(text)) EXPECT_EQ(read_all(split).targets, Texts{"/a"});
        EXPECT_EQ(read_all(bytes_of(text)).targets, Texts{"/a"});
    }
}

TEST(HttpStream, ARequestOfHttp09IsItsLine) {
    for (const std::string text : {"GET /a\r\n", "GET /a\n", "GET  /a\r\n"}) {
        SCOPED_TRACE(text);
        for (const Texts& split : splits_of(text)) {
            const Read result = read_all(split);
            EXPECT_EQ(result.targets, Texts{"/a"});
            EXPECT_EQ(result.event, HttpEvent::kNone);
        }
    }
    EXPECT_EQ(read("GET /a\r\nGET /b HTTP/1.1\r\n\r\n").targets, (Texts{"/a", "/b"}));
}

// What servers that split the line at white space take for the protocol.
TEST(HttpStream, ATabWithinTheTargetIsBlind) {
    const Read result = read("GET /a\tHTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(result.targets, Texts{"/a\tHTTP/1.1"});
    EXPECT_EQ(result.events, std::vector{HttpEvent::kBadRequestLine});
    EXPECT_EQ(read("GET /a\tb HTTP/1.1\r\n\r\n").events, std::vector<HttpEvent>{});
}

TEST(HttpStream, APathWithoutAProtocolIsBlind) {
    for (const std::string text :
         {"GET /a b HTTP/1.1\r\n\r\n", "POST /a HTTP\r\n\r\n", "PUT /a\r\n\r\n",
          "GET /a HTTP/1.1\r\r\n\r\n", "GET /a HTTP/11\r\n\r\n", "GET /a HTTP/1.x\r\n\r\n",
          "GET /a http/1.1\r\n\r\n", "HEAD /a HTTP/1.1 x\r\n\r\n", "GET /a\rb HTTP/1.1\r\n\r\n"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(read(text).targets, Texts{});
        EXPECT_EQ(read(text).events, std::vector{HttpEvent::kBadRequestLine});
    }
    EXPECT_TRUE(is_blind(HttpEvent::kBadRequestLine));
    EXPECT_EQ(read("MAIL /a b\r\n").event, HttpEvent::kNone);
    EXPECT_EQ(read("GET a b\r\n").event, HttpEvent::kNone);
}

// The bytes before it may never have reached the server.
TEST(HttpStream, ARequestWhereABodyGoesOnIsBlind) {
    const std::string post = "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n";
    const Read result = read_all({post, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"});
    EXPECT_EQ(result.targets, Texts{"/"});
    EXPECT_EQ(result.events, (std::vector{HttpEvent::kRequestInBody, HttpEvent::kBodyTruncated}));
    EXPECT_TRUE(is_blind(HttpEvent::kRequestInBody));
    const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n";
    EXPECT_EQ(read_all({chunked, "GET /b  HTTP/1.1 \n"}).events.front(), HttpEvent::kRequestInBody);
    for (const std::string other : {"GET /b HTTP/1.1", "a:GET /b HTTP/1.1\n", "GET HTTP/1.1x y\r\n",
                                    "a text that is none\r\n", "HTTP/1.1 200 OK\r\n"})
        EXPECT_EQ(read_all({post, other}).events, std::vector{HttpEvent::kBodyTruncated}) << other;
}

TEST(HttpStream, EveryTruncationIsNamed) {
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

TEST(HttpStream, PipelinedRequestsAreAllGiven) {
    const Read result =
        read(kGet + "GET /b HTTP/1.1\r\n\r\n" + "GET /c HTTP/1.0\r\nHost: x\r\n\r\n");
    EXPECT_EQ(result.targets, (Texts{"/a", "/b", "/c"}));
    EXPECT_EQ(result.hosts, (Texts{"h", "x"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

TEST(HttpStream, ACutPipelinedRequestKeepsTheOnesBeforeIt) {
    const Read result = read(kGet + "GET /b HTT");
    EXPECT_EQ(result.targets, Texts{"/a"});
    EXPECT_EQ(result.event, HttpEvent::kRequestLineTruncated);
}

TEST(HttpStream, OtherBytesBehindARequestEndThePayload) {
    for (const char* rest : {"\x01\x02", "PUT x\r\n"}) {
        const Read result = read(kGet + rest + kGet);
        EXPECT_EQ(result.targets, Texts{"/a"});
        EXPECT_EQ(result.event, HttpEvent::kTrailingData);
    }
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST /p HTTP/1.1\r\n" + headers + "\r\n" + body;
}

TEST(HttpStream, BodyOfAContentLengthIsSkipped) {
    const Read result = read(post("content-length:\t29\r\n", kGet) + "GET /c HTTP/1.1\r\n\r\n");
    EXPECT_EQ(result.targets, (Texts{"/p", "/c"}));
    EXPECT_EQ(result.event, HttpEvent::kNone);
}

// RFC 9112 §2.2, §5.1: servers differ in whether they ignore such a line.
TEST(HttpStream, AContentLengthThatSomeIgnoreIsFollowedAndCounted) {
    for (const char* header : {"Content-Length : 29\r\n", " Content-Length: 29\r\n"}) {
        SCOPED_TRACE(header);
        const Read result = read(post(header, kGet) + "GET /c HTTP/1.1\r\n\r\n");
        EXPECT_EQ(result.targets, (Texts{"/p", "/c"}));
        EXPECT_EQ(result.event, HttpEvent::kBadContentLength);
    }
}

TEST(HttpStream, BodyThatIsCutEndsThePayload) {
    const Read result = read(post("Content-Length: 30\r\n", kGet));
    EXPECT_EQ(result.targets, Texts{"/p"});
    EXPECT_EQ(result.event, HttpEvent::kBodyTruncated);
}

TEST(HttpStream, ContentLengthsMustBeOneNumber) {
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

TEST(HttpStream, ChunkedBodyIsSkipped) {
    const std::string chunked = "Transfer-Encoding: gzip, deflate, Chunked\r\n";
    for (const char* body :
         {"0\r\n\r\n", "5\r\nGET /\r\n0\r\n\r\n",
          "0A;ext=1\r\n0123456789\r\n1 \r\n\n\r\n000\r\n\r\n", "1\na\n0\nTrailer: x\n\n"}) {
        SCOPED_TRACE(body);
        const Read result = read(post(chunked, body) + kGet);
        EXPECT_EQ(result.targets, (Texts{"/p", "/a"}));
        EXPECT_EQ(result.event, HttpEvent::kNone);
    }
}

TEST(HttpStream, EveryTruncationOfAChunkedBodyIsNamed) {
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

TEST(HttpStream, BadChunksEndThePayload) {
    for (const char* body : {"\r\n", "g\r\n", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n"}) {
        const Read result = read(post("Transfer-Encoding: chunked\r\n", body) + kGet);
        EXPECT_EQ(result.targets, Texts{"/p"});
        EXPECT_EQ(result.event, HttpEvent::kBadChunk);
    }
    const Read huge = read(post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n") + kGet);
    EXPECT_EQ(huge.targets, Texts{"/p"});
    EXPECT_EQ(huge.event, HttpEvent::kBodyTruncated);
    const std::string zeros(HttpStream::kKeptValue, '0');
    const Read cut =
        read_all({post("Transfer-Encoding: chunked\r\n", zeros), "3\r\nabc\r\n0\r\n\r\n" + kGet});
    EXPECT_EQ(cut.targets, Texts{"/p"});
    EXPECT_EQ(cut.event, HttpEvent::kBadChunk);
}

TEST(HttpStream, OtherTransferCodingsEndThePayload) {
    for (const char* headers : {
             "Transfer-Encoding: gzip\r\n",
             "Transfer-Encoding: chunked, gzip\r\n",
             "Transfer-Encoding:\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
         }) {
        const Read result = read(post(headers, "0\r\n\r\n") + kGet);
        EXPECT_EQ(result.targets, Texts{"/p"});
        EXPECT_EQ(result.event, HttpEvent::kBadTransferEncoding);
    }
}

Texts hosts(const std::string& header_lines) {
    return read("GET / HTTP/1.1\r\n" + header_lines).hosts;
}

TEST(HttpStream, EveryHostLineInAnyCaseWithoutTheSpaceAround) {
    EXPECT_EQ(hosts("HOST:a\r\nx: y\r\nhost: \t b:80\t \nHoSt :c\r\nHost:\r\n\r\n"),
              (Texts{"a", "b:80", "c", ""}));
}

TEST(HttpStream, OtherLinesAreNoHostLines) {
    EXPECT_EQ(hosts("Hosts: a\r\nX-Host: b\r\nHost\r\n Host: c\r\n\tHost: d\r\nX: Host: e\r\n\r\n"),
              Texts{});
}

TEST(HttpStream, ALineThatThePayloadCutsIsNotGiven) {
    EXPECT_EQ(hosts("Host: whole\r\nHost: cu"), Texts{"whole"});
}

TEST(HttpStream, LinesBehindTheEmptyLineAreNoHeaders) {
    EXPECT_EQ(hosts("Host: a\r\n\r\nHost: b\r\n"), Texts{"a"});
}

TEST(HttpStream, EveryFlippedBitStaysInsideThePayload) {
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

void expect_same_however_split(const std::string& text, const Texts& lines, const Texts& hosts) {
    const auto expect = [&](const Texts& segments) {
        const Read result = read_all(segments);
        ASSERT_EQ(result.lines, lines) << segments.front();
        ASSERT_EQ(result.hosts, hosts) << segments.front();
    };
    expect({text});
    expect(bytes_of(text));
    for (size_t at = 1; at < text.size(); ++at) expect({text.substr(0, at), text.substr(at)});
}

TEST(HttpStream, SegmentsMaySplitRequestsAnywhere) {
    expect_same_however_split(
        "\r\n\nPOST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 28\r\n\r\n" + kGet + "\r\n" +
            "PUT /two HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            "1c;x=y\r\n" +
            kGet + "\r\n0\r\nHost: trailer\r\n\r\n" + kGet,
        {"POST /one HTTP/1.1", "PUT /two HTTP/1.1", "GET /a HTTP/1.1"}, {"a", "h"});
}

TEST(HttpStream, EveryFormOfTargetAndWhatFollowsConnectOrAnUpgrade) {
    expect_same_however_split("CONNECT name:443 HTTP/1.1\r\nHost: c\r\n\r\n" + kGet,
                              {"CONNECT name:443 HTTP/1.1", "GET /a HTTP/1.1"}, {"c", "h"});
    expect_same_however_split("OPTIONS * HTTP/1.1\r\nUpgrade: x\r\n\r\nGET http://h/ HTTP/1.0\n\n",
                              {"OPTIONS * HTTP/1.1", "GET http://h/ HTTP/1.0"}, {});
    EXPECT_EQ(read("CONNECT name:443 HTTP/1.1\r\n\r\n\x16\x03\x01").event, HttpEvent::kNone);
}

TEST(HttpStream, FoldedLinesAreGivenAsTheyGrow) {
    expect_same_however_split("GET / HTTP/1.1\r\nHost:\r\n a\r\n\tb\r\nX: y\r\n Host: c\r\n\r\n",
                              {"GET / HTTP/1.1"}, {"", "a", "a b"});
    expect_same_however_split("GET / HTTP/1.1\r\n Host : a\r\n\r\n", {"GET / HTTP/1.1"}, {"a"});
    EXPECT_EQ(read("P / HTTP/1.1\r\nContent-Length:\r\n 3\r\n\r\nabc" + kGet).targets,
              (Texts{"/", "/a"}));
    EXPECT_EQ(read("P / HTTP/1.1\r\nTransfer-Encoding: gzip,\r\n chunked\r\n\r\n0\r\n\r\n" + kGet)
                  .targets,
              (Texts{"/", "/a"}));
}

TEST(HttpStream, WhileNothingIsKnownEverySegmentMayBeginWithARequest) {
    EXPECT_EQ(read_all({"middle of something", kGet, "\x01\x02", kGet, "word ", kGet}).targets,
              (Texts{"/a", "/a", "/a"}));
    EXPECT_EQ(read_all({post("Content-Length: 56\r\n", ""), kGet, kGet, kGet}).targets,
              (Texts{"/p", "/a"}));
    EXPECT_EQ(read_all({post("Content-Length: x\r\n", ""), kGet}).targets, (Texts{"/p", "/a"}));
}

TEST(HttpStream, ALongTargetIsGivenToItsEndAndShownCut) {
    const std::string target = "/" + std::string(2 * HttpStream::kKeptTarget, 'x') + "end";
    Read result;
    HttpStream stream;
    const std::string text = "GET " + target + " HTTP/1.1\r\n\r\n";
    for (size_t at = 0; at < text.size(); at += 1000)
        stream.feed(std::string_view(text).substr(at, 1000), static_cast<uint32_t>(at), result);
    EXPECT_EQ(result.given_size, target.size());
    EXPECT_EQ(result.lines.size(), 1U);
    EXPECT_EQ(result.event, HttpEvent::kUrlCut);
    EXPECT_LT(stream.memory_bytes(), 200'000U);
}

TEST(HttpStream, HostLinesAreBoundedAndCounted) {
    std::string lines;
    for (int i = 0; i < HttpStream::kMaxHosts; ++i) lines += "Host: h\r\n";
    EXPECT_EQ(read("GET / HTTP/1.1\r\n" + lines + "\r\n").event, HttpEvent::kNone);
    const Read more = read("GET / HTTP/1.1\r\n" + lines + lines + "\r\n");
    EXPECT_EQ(more.hosts.size(), static_cast<size_t>(HttpStream::kMaxHosts));
    EXPECT_EQ(more.event, HttpEvent::kTooManyHosts);
    const Read cut = read("GET / HTTP/1.1\r\nHost: " + std::string(9000, 'h') + "\r\n\r\n");
    EXPECT_EQ(cut.hosts, Texts{std::string(HttpStream::kKeptValue, 'h')});
    EXPECT_EQ(cut.event, HttpEvent::kHeaderCut);
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
