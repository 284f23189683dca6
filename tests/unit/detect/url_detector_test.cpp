// SPDX-License-Identifier: BSD-2-Clause
#include "detect_fixture.h"

namespace peek::test {
namespace {

class UrlDetectorTest : public DetectTest {
  protected:
    std::vector<Match> request(const std::string& text) {
        return see(ip().tcp(4000, 8081).payload(text));
    }
    static Frame ip() { return eth().ipv4("10.0.0.1", "10.0.0.2"); }
};

std::string get(const std::string& target, const std::string& headers) {
    return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}

TEST_F(UrlDetectorTest, ResponsesAndDatagramsHoldNoRequest) {
    load(Family::kUrl, "/evil\n");
    EXPECT_EQ(request("HTTP/1.1 200 OK\r\n\r\n" + get("/evil", "")).size(), 0U);
    EXPECT_EQ(see(ip().udp(4000, 80).payload(get("/evil", ""))).size(), 0U);
    EXPECT_EQ(see(ip().tcp(4000, 80).payload(get("/evil", ""))).size(), 1U);
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

}  // namespace
}  // namespace peek::test
