// SPDX-License-Identifier: BSD-2-Clause
// Fragments that overlap, that end a datagram wrongly, that hold no whole header.
#include <algorithm>

#include "golden/planted/planted.h"
#include "support/dns_message.h"

namespace peek::test {
namespace {

// A datagram that is sent in pieces; places count from the first byte behind the IP header, in
// eights.
class Datagram {
  public:
    Datagram(Planted& planted, Ends ends, uint32_t id, Frame packet, uint8_t protocol)
        : planted_(&planted), ends_(std::move(ends)), id_(id), protocol_(protocol) {
        const Bytes whole = packet;
        bytes_.assign(whole.begin() + (ends_.v6() ? 40 : 20), whole.end());
    }

    void piece(size_t from, size_t to) { put(from, {at(from), at(to)}, 8 * to < bytes_.size()); }
    void rest(size_t from) { piece(from, (bytes_.size() + 7) / 8); }
    // Other bytes than the datagram's.
    void put(size_t from, const Bytes& bytes, bool more = true) {
        const auto offset = static_cast<uint16_t>(from);
        Frame frame = ends_.ip();
        if (ends_.v6())
            frame.fragment_header(offset, more);
        else
            frame.fragment(offset, more);
        planted_->send(frame.identification(id_).protocol(protocol_).payload(bytes));
    }
    void put(size_t from, std::string_view text, bool more = true) {
        put(from, Bytes(text.begin(), text.end()), more);
    }

  private:
    Bytes::const_iterator at(size_t eights) const {
        return bytes_.begin() + static_cast<std::ptrdiff_t>(std::min(8 * eights, bytes_.size()));
    }

    Planted* planted_;
    Ends ends_;
    uint32_t id_;
    uint8_t protocol_;
    Bytes bytes_;
};

// A UDP header, then eights of text.
Datagram udp(Planted& planted, const Ends& ends, uint32_t id, std::string_view text) {
    return {planted, ends, id, ends.bare_ip().udp(ends.client_port, ends.server_port).payload(text),
            IPPROTO_UDP};
}
Datagram tcp(Planted& planted, const Ends& ends, uint32_t id, std::string_view text) {
    return {planted, ends, id,
            ends.bare_ip()
                .tcp(ends.client_port, ends.server_port, kPsh | kAck)
                .sequence(1'000'001)
                .acknowledgement(7'000'001)
                .payload(text),
            IPPROTO_TCP};
}

constexpr std::string_view kText = "01234567please drop table users.";  // four eights

Planted overlapping() {
    Planted planted("fragment_overlap", 50'700);
    uint32_t id = 1000;
    for (const Ends& ends : {planted.v4(1, 7001), planted.v6(2, 7001)}) {
        Datagram any_order = udp(planted, ends, ++id, kText);
        any_order.rest(3);
        any_order.piece(0, 2);
        any_order.piece(2, 3);
        planted.completes(kSignature);

        Datagram again = udp(planted, ends, ++id, kText);
        again.piece(0, 3);
        again.piece(0, 3);
        again.piece(1, 3);
        again.rest(3);
        planted.completes(kSignature);
        again.rest(3);

        Datagram first_bytes_stay = udp(planted, ends, ++id, kText);
        first_bytes_stay.piece(0, 3);
        first_bytes_stay.put(2, "PLEASE Drop tabl");
        first_bytes_stay.rest(4);
        planted.completes(kSignature);

        Datagram last_bytes_count = udp(planted, ends, ++id, kText);
        last_bytes_count.piece(0, 2);
        last_bytes_count.put(2, "PLEASE Drop tabl");
        last_bytes_count.piece(2, 3);
        last_bytes_count.rest(4);
        planted.completes(kSignature);

        // An end that does not arrive, with its own idea of what the datagram says.
        Datagram false_end = udp(planted, ends, ++id, kText);
        false_end.piece(0, 3);
        false_end.put(3, "nothing!", false);
        false_end.rest(3);
        planted.completes(kSignature);

        Datagram no_reading = udp(planted, ends, ++id, "01234567please Drop table users.");
        no_reading.piece(0, 3);
        no_reading.put(2, "please DROP tabl");
        no_reading.rest(4);
    }
    return planted;
}

Planted tiny() {
    Planted planted("fragment_tiny", 50'800);
    uint32_t id = 2000;
    for (const bool six : {false, true}) {
        const auto ends = [&](uint16_t nth, uint16_t port) {
            return six ? planted.v6(nth, port) : planted.v4(nth, port);
        };
        // Ports and sequence number, no more.
        Datagram half_a_header = tcp(planted, ends(1, 7000), ++id, "please drop table users");
        half_a_header.piece(0, 1);
        half_a_header.rest(1);
        planted.completes(kSignature);

        Datagram a_method = tcp(planted, ends(2, 80), ++id, get("/malware/tiny"));
        a_method.rest(3);
        a_method.piece(0, 3);  // the header and "GET "
        planted.completes(kUrl);

        const std::string message = dns({"evil.example"});
        Datagram no_payload = udp(planted, ends(3, 53), ++id, message);
        no_payload.piece(0, 1);
        no_payload.rest(1);
        planted.completes(kDomain);

        Datagram eights = udp(planted, ends(4, 7001), ++id, kText);
        for (size_t i = 0; i < 4; ++i) eights.piece(i, i + 1);
        eights.rest(4);
        planted.completes(kSignature);

        // Shown by the first fragment, and not told again.
        Datagram early = udp(planted, ends(5, 7001), ++id, "012 drop table, and no more");
        early.piece(0, 3);
        planted.tells(kSignature);
        early.rest(3);

        // The end never comes.
        Datagram unfinished = udp(planted, ends(6, 7001), ++id, kText);
        unfinished.piece(0, 2);
        unfinished.piece(2, 4);
    }
    // RFC 6946: the only fragment of its datagram.
    Datagram atomic = udp(planted, planted.v6(7, 7001), ++id, kText);
    atomic.rest(0);
    planted.tells(kSignature);
    return planted;
}

}  // namespace

std::vector<Planted> planted_fragments() {
    return {overlapping(), tiny()};
}

}  // namespace peek::test
