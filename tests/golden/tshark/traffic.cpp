// SPDX-License-Identifier: BSD-2-Clause
// traffic FILE: a capture of which tshark and peek-xdp must say the same, the same one each time.
// A third of it hits a rule of this directory; the rest comes close to one.
//
// Left out is what the two tell differently on purpose; the unit tests have it:
// - requests split within the method, which tshark does not wait for, or behind the request line:
//   tshark tells of them when their headers are complete, peek-xdp as soon as the rule is certain;
// - a whole DNS message behind a gap: tshark waits for what is missing;
// - signatures that segments split where no dissector asks tshark for reassembly, or that a
//   fragment shows whole: tshark searches what the last piece completes;
// - names with dots in a label or with bytes that are not printable: tshark does not escape them;
// - methods that are in no registry: to tshark these are no requests.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "dice.h"
#include "golden/conversation.h"
#include "hits_and_misses.h"
#include "support/dns_message.h"
#include "support/write_pcap.h"

namespace peek::test {
namespace {

using Talk = std::vector<Bytes>;  // frames in this order, with others' in between

class Traffic {
  public:
    // Talks, a dozen of them at a time.
    std::vector<Bytes> frames(size_t talks) {
        std::vector<Bytes> all;
        std::vector<Talk> open;
        while (talks > 0 || !open.empty()) {
            if (talks > 0 && open.size() < 12) {
                open.push_back(talk());
                std::reverse(open.back().begin(), open.back().end());
                --talks;
                continue;
            }
            Talk& next = open[dice_.below(open.size())];
            all.push_back(std::move(next.back()));
            next.pop_back();
            std::erase_if(open, [](const Talk& t) { return t.empty(); });
        }
        return all;
    }

  private:
    Talk talk() {
        Talk frames;
        static const std::vector<void (Traffic::*)(Talk&)> kKinds{
            &Traffic::hosts,          &Traffic::lookup,   &Traffic::lookups_over_tcp,
            &Traffic::requests,       &Traffic::upload,   &Traffic::tunnel_request,
            &Traffic::bytes_over_tcp, &Traffic::datagram, &Traffic::fragmented,
            &Traffic::refused};
        (this->*dice_.of(kKinds))(frames);
        return frames;
    }

    bool hit() { return dice_.one_in(3); }
    const std::string& name() { return dice_.of(hit() ? kListedNames : kOtherNames); }
    // A word among letters. (What throws dice is a statement or an initializer of its own: in which
    // order the operands of + and the arguments of a call are evaluated is the compiler's choice.)
    std::string text(uint32_t before, uint32_t after) {
        std::string text = dice_.word(dice_.below(before));
        text += bytes();
        text += dice_.word(dice_.below(after));
        return text + '.';
    }
    const std::string& bytes() { return dice_.of(hit() ? kListedBytes : kOtherBytes); }

    std::string host(bool v6) {
        if (dice_.one_in(8)) return dice_.of(v6 ? kListed6 : kListed4);
        if (dice_.one_in(8)) return dice_.of(v6 ? kOther6 : kOther4);
        if (v6) return "2001:db8:1::" + std::to_string(dice_.below(9'999));
        const uint32_t host = dice_.below(1U << 16);
        return "10.1." + std::to_string(host >> 8) + '.' + std::to_string(host & 0xff);
    }

    Ends ends(uint16_t port) {
        Ends ends;
        const bool v6 = dice_.one_in(3);
        ends.client = host(v6);
        ends.server = host(v6);
        // Each its own, so that no two talks are one connection.
        ends.client_port = client_port_++;
        ends.server_port = port;
        if (dice_.one_in(2))
            ends.wrapping =
                static_cast<Wrapping>(dice_.below(static_cast<size_t>(Wrapping::kCount)));
        ends.outer = dice_.one_in(8) ? dice_.of(kListed4) : "172.16.0.2";
        return ends;
    }

    Connection connect(uint16_t port, Talk& frames) {
        return Connection{ends(port), dice_.below(1U << 31), frames};
    }

    void hosts(Talk& frames) {
        const Ends e = ends(9);
        switch (dice_.below(4)) {
            case 0:
                for (const bool from_client : {true, false}) {
                    Frame ip = e.ip(from_client);
                    frames.push_back((e.v6() ? ip.icmpv6() : ip.icmp()).payload_of(56));
                }
                break;
            case 1:
                frames.push_back(e.ip().tcp(e.client_port, 9, kSyn));
                frames.push_back(e.ip(false).tcp(9, e.client_port, kRst | kAck));
                break;
            case 2:
                frames.push_back(e.ip().sctp(e.client_port, 9).payload("hello"));
                break;
            default:
                frames.push_back(e.udp("hello"));
                break;
        }
    }

    static std::string reply(std::string message) {
        message[2] = '\x81';
        return message;
    }

    void lookup(Talk& frames) {
        const Ends e = ends(dice_.one_in(8) ? 10'053 : 53);
        const std::string& first = name();
        const std::string& second = name();
        const std::string message = dice_.one_in(4)
                                        ? dns({first.c_str(), {second.c_str(), kTypeAaaa}})
                                        : dns({first.c_str()});
        frames.push_back(e.udp(message));
        frames.push_back(e.udp(reply(message), false));
    }

    // One behind the other, cut anywhere, at times the last piece once more or before the one
    // before it.
    void lookups_over_tcp(Talk& frames) {
        Connection connection = connect(53, frames);
        const uint32_t messages = 1 + dice_.below(3);
        std::string text;
        for (uint32_t n = messages; n > 0; --n) text += dns_over_tcp(dns({name().c_str()}));
        const std::vector<size_t> cuts = dice_.places(dice_.below(4), text.size());
        connection.say_cut(text, cuts);
        if (dice_.one_in(6))
            connection.say_again();
        else if (messages == 1 && !cuts.empty() && dice_.one_in(2))
            connection.swap_last_two();
        connection.answer(dns_over_tcp(reply(dns({name().c_str()}))));
    }

    std::string request(const Target& asked, const std::string& method, const std::string& more) {
        static const Texts kHostLines{"Host: ", "host:", "HOST:\t"};
        return method + ' ' + asked.target + " HTTP/1.1\r\nUser-Agent: MALware\r\n" +
               dice_.of(kHostLines) + asked.host + "\r\n" + more + "\r\n";
    }

    void requests(Talk& frames) {
        static const std::vector<uint16_t> kPorts{80, 8080, 3128, 18'081};
        Connection connection = connect(dice_.of(kPorts), frames);
        for (uint32_t n = 1 + dice_.below(4); n > 0; --n) {
            ask(connection);
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\nGET /malware/ H/1\n");
        }
    }

    std::string any_request() {
        static const Texts kMethods{"GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND"};
        const std::string& method = dice_.of(kMethods);
        return request(target(), method, "");
    }
    const Target& target() { return dice_.of(hit() ? kListedTargets : kOtherTargets); }

    void ask(Connection& connection) {
        const std::string text = any_request();
        switch (dice_.below(5)) {
            case 0:
                return connection.say(text + any_request());
            case 1:
                return connection.say_cut(text, {text.find(' ') + 2 + dice_.below(9)});
            case 2:
                return post(connection);
            case 3:
                return connection.say(
                    request({"*", hit() ? "worse.example" : "better.example"}, "OPTIONS", ""));
            default:
                connection.say(text);
                if (dice_.one_in(4)) connection.say_again();
        }
    }

    // What looks like a request stands in the body. A body in a segment of its own belongs to a
    // request that hits nothing: tshark tells of a request when its body is complete.
    void post(Connection& connection) {
        std::string body = any_request();
        body += text(10, 10);
        const bool chunked = dice_.one_in(2);
        std::string more = "Content-Length: " + std::to_string(body.size()) + "\r\n";
        std::string size;
        if (chunked) {
            char hex[16];
            std::snprintf(hex, sizeof hex, "%zx\r\n", body.size());
            size = hex;
            body += "\r\n0\r\n\r\n";
            more = "Transfer-Encoding: chunked\r\n";
        }
        const bool whole = dice_.one_in(2);
        const std::string head =
            request(whole ? target() : dice_.of(kOtherTargets), "POST", more) + size;
        if (whole) return connection.say(head + body);
        connection.say(head);
        connection.say(body);
    }

    // Two segments share a signature in a body.
    void upload(Talk& frames) {
        Connection connection = connect(80, frames);
        const std::string& word = bytes();
        const std::string body = dice_.word(200) + word + "\n";
        const std::string head = request(dice_.of(kOtherTargets), "PUT",
                                         "Content-Length: " + std::to_string(body.size()) + "\r\n");
        connection.say_cut(head + body, {head.size() + 201 + dice_.below(word.size() - 1)});
    }

    void tunnel_request(Talk& frames) {
        Connection connection = connect(3128, frames);
        connection.say(
            request({hit() ? "tunnel.example:443" : "tunnel.example:80", "h"}, "CONNECT", ""));
        connection.answer("HTTP/1.1 200 OK\r\n\r\n");
        connection.say(text(100, 1));
    }

    void bytes_over_tcp(Talk& frames) {
        Connection connection = connect(47'000, frames);
        for (uint32_t n = 1 + dice_.below(4); n > 0; --n) {
            connection.say(text(300, 300));
            if (dice_.one_in(4)) connection.say_again();
            if (dice_.one_in(2)) connection.answer(text(20, 1));
        }
    }

    void datagram(Talk& frames) {
        const Ends e = ends(47'001);
        for (uint32_t n = 1 + dice_.below(3); n > 0; --n) {
            const bool from_client = dice_.one_in(2);
            frames.push_back(e.udp(text(900, 1), from_client));
        }
    }

    // The host that a datagram was meant for quotes it. Not in a tunnel over UDP: of that, the
    // quotation is payload.
    void refused(Talk& frames) {
        Ends e = ends(53);
        if (e.wrapping == Wrapping::kVxlan || e.wrapping == Wrapping::kGeneve)
            e.wrapping = Wrapping::kGre;
        std::string message = dns({name().c_str()});
        message += bytes();
        frames.push_back(e.udp(message));
        const Bytes quoted = e.bare_ip().udp(e.client_port, 53).payload(message);
        Frame ip = e.ip(false);
        frames.push_back((e.v6() ? ip.icmpv6(1, 4) : ip.icmp(3, 3)).payload(quoted));
    }

    // A datagram in two, cut within its last word, in either order.
    void fragmented(Talk& frames) {
        Ends e = ends(47'002);
        e.wrapping = Wrapping::kNone;
        const std::string& word = bytes();
        const size_t before = 8 * (10 + dice_.below(90)) - 8 - 1;  // of 8 bytes of UDP header
        const std::string text = dice_.word(static_cast<uint32_t>(before)) + word + '.';
        const Bytes whole = e.bare_ip().udp(e.client_port, 47'002).payload(text);
        const auto datagram = whole.begin() + (e.v6() ? 40 : 20);
        const auto cut = datagram + static_cast<std::ptrdiff_t>(before + 8 + 1);
        const auto offset = static_cast<uint16_t>((before + 8 + 1) / 8);
        for (const bool first : {true, false}) {
            Frame ip = e.ip();
            if (e.v6())
                ip.fragment_header(first ? 0 : offset, first).protocol(IPPROTO_UDP);
            else
                ip.fragment(first ? 0 : offset, first).protocol(IPPROTO_UDP);
            frames.push_back(ip.payload(first ? Bytes(datagram, cut) : Bytes(cut, whole.end())));
        }
        if (dice_.one_in(2)) std::swap(frames[0], frames[1]);
    }

    Dice dice_{20'161'030};
    uint16_t client_port_ = 50'001;
};

}  // namespace
}  // namespace peek::test

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    if (peek::test::write_pcap(argv[1], peek::test::Traffic().frames(1'000))) return 0;
    std::perror(argv[1]);
    return 1;
}
