// SPDX-License-Identifier: BSD-2-Clause
// What requests match. Each row over TCP whole, packet by packet, in single bytes, and split in two
// at each byte.
#include "table_fixture.h"

namespace peek::test {
namespace {

struct Row {
    const char* name;
    std::string rules;
    std::string text;
    std::string line;   // the request line that matches; empty: none
    std::string host;   // as the record has it when nothing is split
    std::string event;  // what is malformed
};
std::string get(const std::string& target, const std::string& headers = "Host: h\r\n") {
    return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}
std::string post(const std::string& headers, const std::string& body) {
    return "POST /post HTTP/1.1\r\nHost: p\r\n" + headers + "\r\n" + body;
}
std::string sized(const std::string& body) {
    return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}
const std::string kChunked = "Transfer-Encoding: chunked\r\n";
const std::string kEvil = "GET /evil HTTP/1.1";
const std::string kGetEvil = get("/evil");  // 0x1f bytes
constexpr size_t kKept = 65'536;            // bytes of a target that a record shows
const std::string kLong(70'000, 'x');

const std::vector<Row> kRows{
    // The target, as sent.
    {"a target", "/evil", get("/an/evil/path?x"), "GET /an/evil/path?x HTTP/1.1", "h", ""},
    {"case of the target", "/evil", get("/Evil"), "", "", ""},
    {"a percent sign", "/evil%20", get("/evil%20x"), "GET /evil%20x HTTP/1.1", "h", ""},
    {"what a percent sign stands for", "/evil", get("/%65vil"), "", "", ""},
    {"a fragment and a query", "?a#b", get("/?a#b"), "GET /?a#b HTTP/1.1", "h", ""},
    {"without Host", "/evil", get("/evil", ""), kEvil, "", ""},
    {"any method", "/evil", "FR#B /evil HTTP/1.0\r\n\r\n", "FR#B /evil HTTP/1.0", "", ""},

    // Host and target are one URL.
    {"with Host", "http://bad.example/a", get("/a", "Host: bad.example\r\n"), "GET /a HTTP/1.1",
     "bad.example", ""},
    {"a port", "example:8080/a", get("/a", "Host: bad.example:8080\r\n"), "GET /a HTTP/1.1",
     "bad.example:8080", ""},
    {"case of Host", "http://bad.example/a", get("/a", "Host: Bad.example\r\n"), "", "", ""},
    {"another Host", "http://bad.example/a", get("/a", "Host: bad.example.org\r\n"), "", "", ""},
    {"another target", "http://bad.example/a", get("/b", "Host: bad.example\r\n"), "", "", ""},
    {"a URL without Host", "http://bad.example/a", get("/a", ""), "", "", ""},
    {"the second Host", "two/a", get("/a", "Host: one\r\nHost: two\r\n"), "GET /a HTTP/1.1", "two",
     ""},
    {"a Host that only looks like one", "bad/a", get("/a", "X-Host: bad\r\nHost : good\r\n"), "",
     "", ""},
    {"another header", "evil", get("/", "Host: h\r\nReferer: http://evil/\r\n"), "", "", ""},

    // The other forms.
    {"absolute form", "http://bad.example/a", get("http://bad.example/a"),
     "GET http://bad.example/a HTTP/1.1", "h", ""},
    {"absolute form and Host", "bad.example/a", get("http://h/a", "Host: bad.example\r\n"), "", "",
     ""},
    {"authority form", "name:443", "CONNECT name:443 HTTP/1.1\r\nHost: h\r\n\r\n",
     "CONNECT name:443 HTTP/1.1", "h", ""},
    {"authority form and Host", "hname", "CONNECT name:443 HTTP/1.1\r\nHost: h\r\n\r\n", "", "",
     ""},
    {"an asterisk", "http://h*", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1", "h",
     ""},
    {"more than an asterisk", "http://h*", "OPTIONS *x HTTP/1.1\r\nHost: h\r\n\r\n", "", "", ""},

    // Several requests.
    {"pipelined", "/evil", get("/a") + kGetEvil + get("/b"), kEvil, "h", ""},
    {"pipelined Hosts", "http://two/b", get("/b", "Host: one\r\n") + get("/b", "Host: two\r\n"),
     "GET /b HTTP/1.1", "two", ""},
    {"each with its own Host", "http://one/b",
     get("/a", "Host: one\r\n") + get("/b", "Host: two\r\n"), "", "", ""},
    {"empty lines between them", "/evil", "\r\n\n" + get("/a") + "\r\n" + kGetEvil, kEvil, "h", ""},
    {"behind CONNECT", "/evil", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n" + kGetEvil, kEvil, "h",
     ""},
    {"behind an upgrade", "/evil", get("/", "Upgrade: h2c\r\nConnection: Upgrade\r\n") + kGetEvil,
     kEvil, "h", ""},

    // Bodies.
    {"in a body", "/evil", sized(kGetEvil), "", "", ""},
    {"behind a body", "/evil", sized(get("/")) + kGetEvil, kEvil, "h", ""},
    {"a folded length", "/evil", post("Content-Length:\r\n 31\r\n", kGetEvil), "", "", ""},
    {"in a chunk", "/evil", post(kChunked, "1f\r\n" + kGetEvil + "\r\n0\r\n\r\n"), "", "", ""},
    {"in the second chunk", "/evil",
     post(kChunked, "1\r\na\r\n01F;x=y\r\n" + kGetEvil + "\r\n0\r\n\r\n"), "", "", ""},
    {"behind chunks", "/evil", post(kChunked, "3\r\nabc\r\n000\r\n\r\n") + kGetEvil, kEvil, "h",
     ""},
    {"in a trailer", "http://evil/post", post(kChunked, "0\r\nHost: evil\r\n\r\n"), "", "", ""},
    {"behind a trailer", "/evil", post(kChunked, "0\r\nX: y\r\n\r\n") + kGetEvil, kEvil, "h", ""},
    {"chunked and a length", "/evil",
     post(kChunked + "Content-Length: 99\r\n", "0\r\n\r\n") + kGetEvil, kEvil, "h",
     "http_bad_transfer_encoding"},

    // Header lines.
    {"odd case and space", "http://bad.example/a", get("/a", "hOSt:\t bad.example \t\r\n"),
     "GET /a HTTP/1.1", "bad.example", ""},
    {"space before the colon", "http://bad.example/a", get("/a", "Host \t:bad.example\r\n"),
     "GET /a HTTP/1.1", "bad.example", ""},
    {"line ends without CR", "http://bad.example/a", "GET /a HTTP/1.1\nHost: bad.example\n\n",
     "GET /a HTTP/1.1", "bad.example", ""},
    {"a folded Host", "http://bad.example/a", get("/a", "Host:\r\n bad.example\r\n"),
     "GET /a HTTP/1.1", "bad.example", ""},
    {"a Host of two lines", "http://bad. example/a", get("/a", "Host: bad.\r\n\t example\r\n"),
     "GET /a HTTP/1.1", "bad. example", ""},
    {"Host within a folded line", "http://bad.example/a",
     get("/a", "X: y\r\n Host: bad.example\r\n"), "", "", ""},

    // Lines that servers take, and such as are no request.
    {"two spaces", "/evil", "GET  /evil HTTP/1.1\r\n\r\n", "GET /evil HTTP/1.1", "", ""},
    {"a tab", "/evil", "GET\t/evil HTTP/1.1\r\n\r\n", "GET /evil HTTP/1.1", "", ""},
    {"space at the end", "/evil", "GET /evil HTTP/1.1 \r\n\r\n", "GET /evil HTTP/1.1", "", ""},
    {"no version", "/evil", "GET /evil\r\n", "GET /evil HTTP/0.9", "", ""},
    {"no version of another method", "/evil", "PUT /evil\r\n", "", "", "http_bad_request_line"},
    {"another protocol", "/evil", "OPTIONS /evil RTSP/1.0\r\n\r\n", "", "", ""},

    // What ends early.
    {"a request line that is cut", "/evil", "GET /evil HTT", "", "", "http_request_line_truncated"},
    {"headers that are cut", "/evil", "GET /evil HTTP/1.1\r\nHost: h", kEvil, "",
     "http_headers_truncated"},
    {"a body that is cut", "/evil",
     "PUT /evil HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", "PUT /evil HTTP/1.1", "h",
     "http_body_truncated"},

    // Long ones.
    {"a long rule", "t/" + std::string(4'094, 'p'),
     get('/' + std::string(4'094, 'p') + "tail", "Host: host\r\n"),
     "GET /" + std::string(4'094, 'p') + "tail HTTP/1.1", "host", ""},
    {"the end of a long target", "/the/end", get('/' + kLong + "/the/end"),
     "GET " + ('/' + kLong).substr(0, kKept) + " HTTP/1.1", "h", "http_url_cut"},
    {"where a long target is cut", "/the/cut",
     get('/' + std::string(kKept - 4, 'x') + "/the/cut" + kLong),
     "GET /" + std::string(kKept - 4, 'x') + "/th HTTP/1.1", "h", "http_url_cut"},
    {"behind a long target", "/evil", get('/' + kLong) + kGetEvil, kEvil, "h", "http_url_cut"},
};

// `split`: the Host line may come after the packet that has the record.
void expect_told(const Row& row, const Table& table, const std::vector<Bytes>& frames,
                 bool reassembly, bool split) {
    Table::Said said = table.of(frames, reassembly);
    // Where a segment happens to begin with what stands in a body.
    std::erase(said.events, "http_request_in_body");
    Texts told;
    for (const Match& match : said.matches) {
        const auto& facts = std::get<HttpFacts>(match.evidence);
        told.push_back(facts.method + ' ' + facts.url + ' ' + facts.protocol);
        if (!split || !facts.hostname.empty()) {
            EXPECT_EQ(facts.hostname, row.host);
        }
    }
    EXPECT_EQ(told, row.line.empty() ? Texts{} : Texts{row.line});
    EXPECT_EQ(said.events, row.event.empty() ? Texts{} : Texts{row.event});
}

TEST(UrlTable, ToldTheSameHoweverItTravels) {
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        const Table table(Family::kUrl, row.rules + '\n');
        const std::vector<Bytes> whole = segments(row.text, 8081);
        expect_told(row, table, whole, true, whole.size() > 1);
        if (whole.size() == 1) expect_told(row, table, whole, false, false);
        if (!is_long(row.text)) expect_told(row, table, segments(row.text, 8081, 0, 1), true, true);
        for (const size_t cut : cuts_of(row.text)) {
            expect_told(row, table, segments(row.text, 8081, cut), true, true);
            ASSERT_FALSE(HasFailure()) << "cut at " << cut;
        }
    }
}

}  // namespace
}  // namespace peek::test
