// SPDX-License-Identifier: BSD-2-Clause
#include "detect_fixture.h"

namespace peek::test {
namespace {

class UrlDetectorTest : public DetectTest {
  protected:
    std::vector<Match> request(const std::string& text) {
        return see(eth().ipv4("10.0.0.1", "10.0.0.2").tcp(4000, 8081).payload(text));
    }
};

std::string get(const std::string& target, const std::string& headers) {
    return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}

TEST_F(UrlDetectorTest, TargetsAreSearchedAsSentOnAnyTcpPort) {
    load(Family::kUrl, "/evil%20path\n");
    EXPECT_EQ(request(get("/an/evil%20path?x", "Host: h\r\n")).size(), 1U);
    EXPECT_EQ(request(get("/an/evil path?x", "Host: h\r\n")).size(), 0U);
    EXPECT_EQ(request(get("/an/EVIL%20path", "Host: h\r\n")).size(), 0U);
    EXPECT_EQ(see(eth()
                      .ipv4("10.0.0.1", "10.0.0.2")
                      .udp(1, 80)
                      .payload(get("/evil%20path", "Host: h\r\n")))
                  .size(),
              0U);
}

TEST_F(UrlDetectorTest, FactsAreThoseOfTheRequest) {
    load(Family::kUrl, "/evil\n");
    const std::vector<Match> matches =
        request("POST /evil HTTP/1.0\nhost:  www.example:8081 \nHost: second\n\n");
    ASSERT_EQ(matches.size(), 1U);
    const auto& facts = std::get<HttpFacts>(matches[0].evidence);
    EXPECT_EQ(facts.method, "POST");
    EXPECT_EQ(facts.url, "/evil");
    EXPECT_EQ(facts.hostname, "www.example:8081");
    EXPECT_EQ(facts.protocol, "HTTP/1.0");
}

TEST_F(UrlDetectorTest, HostAndTargetAreSearchedAsOneUrl) {
    load(Family::kUrl, "http://bad.example/a\n");
    EXPECT_EQ(request(get("/a", "Host: bad.example\r\n")).size(), 1U);
    EXPECT_EQ(request(get("/a", "Host: Bad.example\r\n")).size(), 0U);
    EXPECT_EQ(request(get("/b", "Host: bad.example\r\n")).size(), 0U);
    EXPECT_EQ(request(get("/a", "")).size(), 0U);
    EXPECT_EQ(request(get("http://bad.example/a", "Host: h\r\n")).size(), 1U);
}

TEST_F(UrlDetectorTest, AnAsteriskIsJoinedToTheHostOtherTargetsAreNot) {
    load(Family::kUrl, "http://h*\nhttp://hname\n");
    EXPECT_EQ(request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").size(), 1U);
    EXPECT_EQ(request("OPTIONS *x HTTP/1.1\r\nHost: h\r\n\r\n").size(), 0U);
    EXPECT_EQ(request("CONNECT name:443 HTTP/1.1\r\nHost: h\r\n\r\n").size(), 0U);
}

TEST_F(UrlDetectorTest, EveryHostLineIsTriedAndTheMatchingOneReported) {
    load(Family::kUrl, "two/a\n");
    const std::vector<Match> matches = request(get("/a", "Host: one\r\nHost: two\r\n"));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(std::get<HttpFacts>(matches[0].evidence).hostname, "two");
}

TEST_F(UrlDetectorTest, WithoutAHostLineTheHostnameIsEmpty) {
    load(Family::kUrl, "/evil\n");
    EXPECT_EQ(std::get<HttpFacts>(request(get("/evil", ""))[0].evidence).hostname, "");
}

TEST_F(UrlDetectorTest, OtherHeadersAndBodiesDoNotMatch) {
    load(Family::kUrl, "evil\n");
    EXPECT_EQ(request(get("/", "Host: h\r\nReferer: http://evil/\r\n")).size(), 0U);
    EXPECT_EQ(request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nevil").size(), 0U);
    EXPECT_EQ(request("HTTP/1.1 200 OK\r\n\r\n<a href=/evil>").size(), 0U);
}

TEST_F(UrlDetectorTest, EveryRequestOfASegmentIsSearchedAndTheFirstRuleNamesTheMatch) {
    load(Family::kUrl, "absent\n/one\n/two\nhttp://h/\n");
    const std::vector<Match> matches =
        request(get("/two", "Host: h\r\n") + get("/three", "Host: h\r\n") +
                get("/one?first", "Host: h\r\n") + get("/one?second", "Host: h\r\n"));
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(rule_of(matches[0]), "/one");
    EXPECT_EQ(matches[0].distinct_rules, 3U);
    EXPECT_EQ(std::get<HttpFacts>(matches[0].evidence).url, "/one?first");
}

TEST_F(UrlDetectorTest, ALongRuleIsFoundAcrossHostAndTarget) {
    const std::string path = "/" + std::string(4094, 'p');
    load(Family::kUrl, "t" + path + "\n");
    EXPECT_EQ(request(get(path + "tail", "Host: host\r\n")).size(), 1U);
    EXPECT_EQ(request(get(path, "Host: hosT\r\n")).size(), 0U);
}

TEST_F(UrlDetectorTest, CutRequestsAreSearchedAndCountedByName) {
    load(Family::kUrl, "/evil\n");
    EXPECT_EQ(request("GET /evil HTTP/1.1\r\nHost: h").size(), 1U);
    EXPECT_EQ(counter("http_headers_truncated"), 1U);
    EXPECT_EQ(request("GET /evil HT").size(), 0U);
    EXPECT_EQ(counter("http_request_line_truncated"), 1U);
}

}  // namespace
}  // namespace peek::test
