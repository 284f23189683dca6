// SPDX-License-Identifier: BSD-2-Clause
// Segments out of order, sent again, overlapping, urgent; sequence numbers that begin anew.
#include "golden/planted/planted.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

Planted out_of_order() {
    Planted planted("tcp_order", 50'900);
    Connection middle_last = planted.connect(planted.v4(1, 7000));
    middle_last.place(15, "le users");
    middle_last.place(0, "please drop ");
    middle_last.place(12, "tab");
    planted.completes(kSignature);
    middle_last.close();

    // Backwards, across the end of the sequence numbers.
    Connection backwards = planted.connect(planted.v6(2, 80), 0xfffffff0);
    backwards.place(20, "TP/1.1\r\nHost: x\r\n\r\n");
    backwards.place(8, "ware/wrap HT");
    backwards.place(0, "GET /mal");
    planted.completes(kUrl);
    backwards.close();

    Connection lookup = planted.connect(planted.v4(3, 53));
    const std::string message = dns_over_tcp(dns({"www.evil.example"}));
    lookup.place(20, message.substr(20));
    lookup.place(0, message.substr(0, 20));
    planted.completes(kDomain);
    lookup.close();

    // A rule's bytes as they arrive are not a rule's bytes as they stand in the stream.
    Connection by_arrival = planted.connect(planted.v4(4, 7000));
    by_arrival.place(10, "please drop ta");
    by_arrival.place(0, "ble users.");
    by_arrival.close();
    return planted;
}

Planted sent_again() {
    Planted planted("tcp_resent", 51'000);
    Connection whole = planted.connect(planted.v4(1, 7000));
    whole.say("please drop table users");
    planted.tells(kSignature);
    whole.say_again();
    whole.close();

    Connection pieces = planted.connect(planted.v6(2, 7000));
    pieces.say("please drop ");
    pieces.say("table users");
    planted.completes(kSignature);
    pieces.place(0, "please drop ");
    pieces.place(12, "table users");
    pieces.place(0, "please drop table users");  // in one segment now
    pieces.close();

    Connection request = planted.connect(planted.v4(3, 80));
    request.say(get("/malware/again"));
    planted.tells(kUrl);
    request.say_again();
    request.say(get("/malware/again"));  // another one
    planted.tells(kUrl);
    request.close();
    return planted;
}

Planted overlapping() {
    Planted planted("tcp_overlap", 51'100);
    Connection same_bytes = planted.connect(planted.v4(1, 7000));
    same_bytes.place(0, "please drop t");
    same_bytes.place(8, "rop table");
    planted.completes(kSignature);
    same_bytes.close();

    Connection first_bytes_stay = planted.connect(planted.v6(2, 7000));
    first_bytes_stay.place(0, "drop ta");
    first_bytes_stay.place(5, "##ble");
    planted.completes(kSignature);
    first_bytes_stay.close();

    Connection last_bytes_count = planted.connect(planted.v4(3, 7000));
    last_bytes_count.place(0, "drop ##");
    last_bytes_count.place(5, "table");
    planted.completes(kSignature);
    last_bytes_count.close();

    // One that has too few hops to arrive stands where the real one does.
    Connection decoy = planted.connect(planted.v6(4, 80));
    decoy.place(0, "GET /harmles");
    decoy.place(0, "GET /malware");
    decoy.place(12, "/hidden HTTP/1.1\r\nHost: x\r\n\r\n");
    planted.completes(kUrl);
    decoy.close();

    Connection lookup = planted.connect(planted.v4(5, 53));
    const std::string good = dns_over_tcp(dns({"good.example"}));
    const std::string evil = dns_over_tcp(dns({"evil.example"}));
    lookup.place(0, good.substr(0, 20));
    lookup.place(0, evil.substr(0, 20));
    lookup.place(20, evil.substr(20));
    planted.completes(kDomain);
    lookup.close();

    Connection no_reading = planted.connect(planted.v4(6, 7000));
    no_reading.place(0, "drop ta");
    no_reading.place(5, "##bel");
    no_reading.close();
    return planted;
}

// The urgent byte is the one before that which the pointer names (RFC 6093 §3.1).
Planted urgent() {
    Planted planted("tcp_urgent", 51'200);
    Connection beside_the_stream = planted.connect(planted.v4(1, 7000));
    beside_the_stream.place(0, "drop t!able", 7);
    planted.tells(kSignature);
    beside_the_stream.close();

    Connection in_the_stream = planted.connect(planted.v6(2, 7000));
    in_the_stream.place(0, "drop table", 7);
    planted.tells(kSignature);
    in_the_stream.close();

    Connection at_the_border = planted.connect(planted.v4(3, 80));
    at_the_border.place(0, "GET /mal!", 9);
    at_the_border.place(9, "ware/urgent HTTP/1.1\r\nHost: x\r\n\r\n");
    planted.completes(kUrl);
    at_the_border.close();

    Connection another_byte = planted.connect(planted.v4(4, 7000));
    another_byte.place(0, "drop t!able", 4);
    another_byte.close();

    Connection nothing_urgent = planted.connect(planted.v6(5, 7000));
    nothing_urgent.place(0, "drop t!able");
    nothing_urgent.close();
    return planted;
}

// The first SYN was lost, or its sender began anew: data of both numberings arrives.
Planted begun_anew() {
    constexpr uint32_t kLost = 1'000'000;
    constexpr uint32_t kTaken = 777'000'000;
    Planted planted("tcp_syn_again", 51'300);
    for (const Ends& ends : {planted.v4(1, 7000), planted.v6(2, 7000)}) {
        planted.send(ends.ip().tcp(ends.client_port, ends.server_port, kSyn).sequence(kLost));
        Connection again = planted.connect(ends, kTaken);
        again.say("please drop ");
        again.place(kLost - kTaken, "users and x ");
        again.say("table users");
        planted.completes(kSignature);
        again.place(kLost - kTaken + 12, "table y");  // not behind "drop "
        again.close();
    }
    const Ends ends = planted.v4(3, 80);
    planted.send(ends.ip().tcp(ends.client_port, ends.server_port, kSyn).sequence(kLost));
    Connection again = planted.connect(ends, kTaken);
    again.say("GET /mal");
    again.place(kLost - kTaken, "GET /a HTTP/1.1\r\n\r\n");
    again.say("ware/anew HTTP/1.1\r\nHost: x\r\n\r\n");
    planted.completes(kUrl);
    again.close();
    return planted;
}

// No handshake, and the first segment begins in the middle of something.
Planted from_the_middle() {
    Planted planted("tcp_middle", 51'400);
    const auto segment = [&](const Ends& ends, uint32_t seq, const std::string& text) {
        planted.send(ends.ip()
                         .tcp(ends.client_port, ends.server_port, kPsh | kAck)
                         .sequence(seq)
                         .acknowledgement(7'000'000)
                         .payload(text));
    };
    const Ends upload = planted.v4(1, 7000);
    segment(upload, 5000, "rs; please dr");
    segment(upload, 5013, "op table users");
    planted.completes(kSignature);

    const Ends requests = planted.v6(2, 80);
    segment(requests, 5000, "gent: x\r\n\r\n");
    segment(requests, 5011, "GET /log");
    segment(requests, 5019, "in HTTP/1.1\r\nHost: bad.example\r\n\r\n");
    planted.completes(kUrl);

    const Ends lookups = planted.v4(3, 53);
    const std::string good = dns_over_tcp(dns({"good.example"}));
    const std::string evil = dns_over_tcp(dns({"evil.example"}));
    segment(lookups, 5000, good.substr(9));
    segment(lookups, 5023, evil.substr(0, 9));
    segment(lookups, 5032, evil.substr(9));
    planted.completes(kDomain);

    // Something is missing where the two halves meet.
    const Ends gap = planted.v4(4, 7000);
    segment(gap, 5000, "please dr");
    segment(gap, 5010, "op table users");
    return planted;
}

}  // namespace

std::vector<Planted> planted_streams() {
    return {out_of_order(), sent_again(), overlapping(), urgent(), begun_anew(), from_the_middle()};
}

}  // namespace peek::test
