// SPDX-License-Identifier: BSD-2-Clause
// Names that resolvers do not ask for like this; many messages in a segment; a very long URL.
#include "golden/planted/planted.h"
#include "support/dns_wire.h"

namespace peek::test {
namespace {

using namespace std::string_literals;

Planted dns_names() {
    Planted planted("dns_names", 51'500);
    uint16_t nth = 0;
    const auto asks = [&](const std::string& message) {
        ++nth;
        planted.send((nth % 2 == 0 ? planted.v4(nth, 53) : planted.v6(nth, 53)).udp(message));
    };
    const auto hits = [&](const std::string& message) {
        asks(message);
        planted.tells(kDomain);
    };

    // Every question.
    hits(query({ask("good.example"), ask("www.evil.example")}));
    hits(query({ask("a.tracker.example"), ask("evil.example"), ask("good.example")}));
    asks(query({ask("good.example"), ask("better.example")}));

    // Compressed: a pointer to an earlier name, through another one, into a label.
    hits(query({ask("www.example"), question(labels({"evil"}) + pointer(kFirst + 4))}));
    hits(query({ask("example"), question(labels({"evil"}) + pointer(kFirst)),
                question(labels({"www"}) + pointer(kFirst + 13))}));
    hits(query({question(labels({"\4evil\7example\0"s}) + '\0'), question(pointer(kFirst + 1))}));
    asks(query({ask("evil.example.good"), question(pointer(kFirst + 5))}));
    asks(query({question(labels({"evil"}) + pointer(kFirst))}));  // a loop

    // Bytes in labels, as RFC 4343 writes them.
    hits(query({question(labels({"a.b"}) + wire("evil.example"))}));
    hits(query({question(labels({"\\", "\0 \x7f\xff"s}) + wire("evil.example"))}));
    asks(query({question(labels({"evil.example"}) + '\0')}));
    asks(query({question(labels({"x.evil", "example"}) + '\0')}));

    // EDNS: a cookie, and padding up to 128 bytes. Names in it are none.
    const std::string edns =
        "\0\0\x29\x10\0\0\0\0\0\0\x15\0\x0a\0\x08"
        "cookie..\0\x0c\0\x05...."s +
        '\0';
    hits(query({ask("evil.example")}).replace(10, 2, be16(1)) + edns);
    asks(query({ask("good.example")}).replace(10, 2, be16(1)) + "\0\0\x29\x10\0\0\0\0\0\0\x12"s +
         "\xff\xde\0\x0e"s + wire("evil.example"));

    // What is no question: of an answer, in the sections behind.
    asks(query({ask("evil.example")}, 0x8180));
    asks(query({ask("good.example")}).replace(8, 2, be16(1)) + ask("evil.example") +
         "\0\0\0\x3c\0\x04\xc0\0\x02\x35"s);

    hits(query({ask("eViL.ExAmPlE")}, 0x2000));  // NOTIFY
    const std::string longest = std::string(63, 'l') + '.' + std::string(63, 'm') + '.' +
                                std::string(63, 'n') + '.' + std::string(48, 'o') + ".evil.example";
    hits(query({ask(longest)}));
    asks(query({ask(longest.substr(0, 240) + "x" + longest.substr(240))}));  // a byte too long
    return planted;
}

Planted dns_streams() {
    Planted planted("dns_streams", 51'600);
    const std::string good = dns_over_tcp(dns({"good.example"}));
    const std::string evil = dns_over_tcp(dns({"evil.example"}));
    const std::string tracker = dns_over_tcp(dns({{"a.tracker.example", kTypeAaaa}}));

    Connection in_one = planted.connect(planted.v4(1, 53));
    in_one.say(good + evil + good);
    planted.tells(kDomain);
    in_one.say(good + good);
    in_one.say(evil + good + tracker);  // the first rule's
    planted.tells(kDomain);
    in_one.answer(dns_over_tcp(dns({"evil.example"}, 0x8180)));
    in_one.close();

    Connection over_many = planted.connect(planted.v6(2, 53));
    over_many.say_cut(tracker.substr(0, tracker.size() - 1), {1, 2, 8, 15, 24});
    over_many.say(tracker.substr(tracker.size() - 1));
    planted.completes(kDomain);
    over_many.close();

    // Each segment ends within a message, and one within a length.
    Connection astride = planted.connect(planted.v4(3, 53));
    astride.say(good + evil.substr(0, 20));
    astride.say(evil.substr(20) + good + tracker.substr(0, 1));
    planted.completes(kDomain);
    astride.say(tracker.substr(1) + good);
    planted.completes(kDomain);
    astride.close();

    // A listed name in what is no question: the answer to a query, cut the same way.
    Connection answered = planted.connect(planted.v6(4, 53));
    answered.say(good);
    answered.answer(evil.substr(0, 4) + "\x81" + evil.substr(5, 15));
    answered.answer(evil.substr(20));
    answered.close();
    return planted;
}

// What stands in front of the part that matches is longer than what is kept of a target.
Planted long_url() {
    constexpr size_t kSegment = 1400;
    Planted planted("http_long", 51'700);
    for (const bool listed : {false, true}) {
        Connection connection = planted.connect(planted.v4(listed ? 2 : 1, 80));
        const std::string text =
            get('/' + std::string(66'000, 'x') + (listed ? "/malware/end" : "/mal/ware/end"));
        for (size_t at = 0; at < text.size(); at += kSegment)
            connection.say(text.substr(at, kSegment));
        if (listed) planted.completes(kUrl);
        connection.close();
    }
    return planted;
}

}  // namespace

std::vector<Planted> planted_messages() {
    return {dns_names(), dns_streams(), long_url()};
}

}  // namespace peek::test
