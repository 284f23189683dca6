// SPDX-License-Identifier: BSD-2-Clause
// What queries match. Each row in a UDP datagram, and over TCP whole, packet by packet, in single
// bytes, and split in two at each byte.
#include "support/dns_wire.h"
#include "table_fixture.h"

namespace peek::test {
namespace {

using namespace std::string_literals;

struct Row {
    const char* name;
    std::string rules;
    std::string message;
    std::string told;   // rule and name; empty: nothing
    std::string event;  // what is malformed
};
// `count` labels of one byte.
std::string ones(size_t count) {
    std::string name = "a";
    while (--count > 0) name += ".a";
    return name;
}
const std::string k63(63, 'l');
const std::string k61(61, 'y');
const std::string k255 = k63 + '.' + k63 + '.' + k63 + '.' + k61;  // on the wire

const std::vector<Row> kRows{
    // The name, and what is under it.
    {"the name", "bad.example", query({ask("bad.example")}), "bad.example bad.example", ""},
    {"a name under it", "bad.example", query({ask("a.b.bad.example")}),
     "bad.example a.b.bad.example", ""},
    {"case of the query", "bad.example", query({ask("A.bAD.EXAMPLE")}), "bad.example A.bAD.EXAMPLE",
     ""},
    {"case of the rule", "BAD.Example", query({ask("bad.example")}), "BAD.Example bad.example", ""},
    {"a trailing dot", "bad.example.", query({ask("bad.example")}), "bad.example. bad.example", ""},
    {"a star", "*.bad.example", query({ask("bad.example")}), "*.bad.example bad.example", ""},
    {"a top level", "example", query({ask("bad.example")}), "example bad.example", ""},

    // What only looks like it.
    {"ample against example", "ample.com", query({ask("example.com")}), "", ""},
    {"example against ample", "example.com", query({ask("ample.com")}), "", ""},
    {"a longer label", "bad.example", query({ask("notbad.example")}), "", ""},
    {"the name above", "bad.example", query({ask("example")}), "", ""},
    {"a label behind", "bad.example", query({ask("bad.example.com")}), "", ""},
    {"a dot within a label", "bad.example", query({question(labels({"bad.example"}) + '\0')}), "",
     ""},
    {"the root", "example", query({ask("")}), "", ""},
    {"no question", "example", query({}), "", ""},

    // Limits.
    {"a label of 63 bytes", k63 + ".example", query({ask(k63 + ".example")}),
     k63 + ".example " + k63 + ".example", ""},
    {"one of 62", k63 + ".example", query({ask(k63.substr(1) + ".example")}), "", ""},
    {"a name of 255 bytes", k255, query({ask(k255)}), k255 + ' ' + k255, ""},
    {"the end of a name of 255 bytes", k61, query({ask(k255)}), k61 + ' ' + k255, ""},
    {"a name of 256 bytes", k61, query({ask(k255 + 'y')}), "", "dns_name_too_long"},
    {"127 labels", "a.a", query({ask(ones(127))}), "a.a " + ones(127), ""},
    {"128 labels", "a.a", query({ask(ones(128))}), "", "dns_name_too_long"},

    // Compression.
    {"a pointer to an earlier name", "mail.bad.example",
     query({ask("www.bad.example"), question(labels({"mail"}) + pointer(kFirst + 4))}),
     "mail.bad.example mail.bad.example", ""},
    {"a pointer through pointers", "www.bad.example",
     query({ask("example"), question(labels({"bad"}) + pointer(kFirst)),
            question(labels({"www"}) + pointer(kFirst + 9 + 4))}),
     "www.bad.example www.bad.example", ""},
    {"a pointer to a pointer within a label", "x.com",
     query({question(labels({"\3com\0\1x\xc0\x0d"s}) + '\0'), question(pointer(kFirst + 6))}),
     "x.com x.com", ""},
    {"a pointer to the root", "example",
     query({ask(""), question(labels({"example"}) + pointer(kFirst))}), "example example", ""},
    {"a pointer to itself", "example", query({question(pointer(kFirst))}), "", "dns_bad_pointer"},
    {"a pointer forwards", "example", query({question(pointer(kFirst + 6)), ask("example")}), "",
     "dns_bad_pointer"},
    {"a pointer to its own label", "example",
     query({question(labels({"example"}) + pointer(kFirst))}), "", "dns_bad_pointer"},
    {"a pointer past the end", "example", query({question(labels({"example"}) + pointer(0x3fff))}),
     "", "dns_bad_pointer"},
    {"two pointers in a circle", "example",
     query({question(labels({"\xc0\x13"}) + '\0'), question(pointer(kFirst + 1))}), "",
     "dns_bad_pointer"},
    {"pointers that multiply", "b", query([] {
         Texts questions(200, question(pointer(kFirst)));
         questions.front() = ask(ones(127));
         return questions;
     }()),
     "", "dns_compression_too_deep"},

    // Bytes that would read as something else, RFC 4343 §2.1.
    {"an escaped dot", "bad.example", query({question(labels({"a.b"}) + wire("bad.example"))}),
     R"(bad.example a\.b.bad.example)", ""},
    {"an escaped backslash", "bad.example",
     query({question(labels({"a\\"}) + wire("bad.example"))}), R"(bad.example a\\.bad.example)",
     ""},
    {"escaped bytes", "bad.example",
     query({question(labels({"\0 \x7f\xff~!"s}) + wire("bad.example"))}),
     R"(bad.example \000\032\127\255~!.bad.example)", ""},
    {"an escape is no rule for its byte", R"(a\.b.example)",
     query({question(labels({"a.b"}) + wire("example"))}), "", ""},

    // Messages.
    {"the second question", "bad.example", query({ask("good.example"), ask("bad.example")}),
     "bad.example bad.example", ""},
    {"a response", "bad.example", query({ask("bad.example")}, 0x8180), "", ""},
    {"any opcode", "bad.example", query({ask("bad.example")}, 0x2800), "bad.example bad.example",
     ""},
    {"EDNS", "bad.example",
     query({ask("bad.example")}).replace(10, 2, be16(1)) +
         "\0\0\x29\x10\0\0\0\x80\0\0\x0b\0\x0a\0\x07"
         "example"s,
     "bad.example bad.example", ""},
    {"a name behind the questions", "bad.example",
     query({ask("good.example")}) + ask("bad.example"), "", ""},
    {"a header that is cut", "example", query({}).substr(0, 11), "", "dns_header_truncated"},
    {"a question that is cut", "bad.example",
     query({ask("good.example"), ask("bad.example").substr(0, 16)}), "", "dns_question_truncated"},
    {"a question that is missing", "bad.example", query({ask("bad.example"), ""}),
     "bad.example bad.example", "dns_question_truncated"},
    {"a hit before a bad pointer", "bad.example",
     query({ask("bad.example"), question(pointer(0x3fff))}), "bad.example bad.example",
     "dns_bad_pointer"},
    {"a label of type 01", "bad.example", query({ask("bad.example"), question("\x41\0"s)}),
     "bad.example bad.example", "dns_bad_label_type"},
    {"a label of type 10", "example", query({question("\x80\0"s)}), "", "dns_bad_label_type"},
};

void expect_told(const Row& row, const Table& table, const std::vector<Bytes>& frames,
                 bool reassembly) {
    const Table::Said said = table.of(frames, reassembly);
    Texts told;
    for (const Match& match : said.matches) {
        const auto& facts = std::get<DnsFacts>(match.evidence);
        told.push_back(std::string(table.rule_of(match)) + ' ' + facts.rrname);
    }
    EXPECT_EQ(told, row.told.empty() ? Texts{} : Texts{row.told});
    EXPECT_EQ(said.events, row.event.empty() ? Texts{} : Texts{row.event});
}

TEST(DomainTable, ToldTheSameHoweverItTravels) {
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        const Table table(Family::kDomain, row.rules + '\n');
        expect_told(row, table, {from_client().udp(4000, 53).payload(row.message)}, true);
        const std::string text = dns_over_tcp(dns({"before.test"})) + dns_over_tcp(row.message) +
                                 dns_over_tcp(query({}));
        for (const bool reassembly : {false, true})
            expect_told(row, table, segments(text, 53), reassembly);
        expect_told(row, table, segments(text, 53, 0, 1), true);
        for (const size_t cut : cuts_of(text)) {
            expect_told(row, table, segments(text, 53, cut), true);
            ASSERT_FALSE(HasFailure()) << "cut at " << cut;
        }
    }
}

}  // namespace
}  // namespace peek::test
