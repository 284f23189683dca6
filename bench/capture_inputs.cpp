// SPDX-License-Identifier: BSD-2-Clause
// capture_inputs DIR: what bench/files measures with, the same on every run and machine. Writes
// rules (for peek-xdp, and the same ones for Suricata), mixed.pcap of 1 GB, small.pcap of packets
// of some 75 bytes, and planted.txt: how many hits of each family stand in either.
#include <array>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "capture_rules.h"

namespace peek::bench {
namespace {

constexpr uint64_t kMixedBytes = 1'000'000'000;
constexpr uint64_t kSmallBytes = 300'000'000;

struct Planted {
    uint64_t ip = 0;
    uint64_t domain = 0;
    uint64_t url = 0;
    uint64_t signature = 0;
    uint64_t scan = 0;
};

std::string dns_query(Random& random, const std::string& name) {
    std::string message = random.bytes(2) + std::string("\x01\0\0\x01\0\0\0\0\0\0", 10);
    for (size_t at = 0; at < name.size();) {
        const size_t end = std::min(name.find('.', at), name.size());
        message += static_cast<char>(end - at);
        message += name.substr(at, end - at);
        at = end + 1;
    }
    return message + std::string("\0\0\x01\0\x01", 5);
}

// Writes one capture: many conversations at a time, their packets interleaved.
class Traffic {
  public:
    Traffic(const std::string& path, const Rules& rules, Random& random, bool small)
        : out_(path), rules_(rules), random_(random), small_(small) {
        binary_ = random_.bytes(4U << 20);
        while (text_.size() < 1U << 20) text_ += "<p>" + random_.word(2, 9) + "</p> ";
        talks_.resize(500);
        for (Talk& talk : talks_) start(talk);
    }

    Planted write(uint64_t bytes) {
        const uint64_t between = small_ ? 4'000 : 1'000;  // packets from one hit to the next
        while (out_.bytes() < bytes) {
            if (out_.packets() / between !=
                planted_.ip + planted_.domain + planted_.url + planted_.signature)
                plant();
            go_on(talks_[random_.below(static_cast<uint32_t>(talks_.size()))]);
        }
        return planted_;
    }

  private:
    enum class Kind : uint8_t {
        kBulk,
        kHttp,
        kDns,
        kQuic,
        kScan
    };
    struct Talk {
        Conversation c;
        Kind kind = Kind::kBulk;
        uint32_t step = 0;
        uint32_t steps = 0;
    };

    Conversation between(uint16_t port) {
        Conversation c;
        c.src = 10U << 24 | random_.below(1U << 16);
        c.dst = kServers | random_.below(1U << 24) | 1;
        c.src_port = static_cast<uint16_t>(32'768 + random_.below(28'000));
        c.dst_port = port;
        c.seq = static_cast<uint32_t>(random_.next());
        c.ack = static_cast<uint32_t>(random_.next());
        return c;
    }

    void start(Talk& talk) {
        struct Share {
            Kind kind;
            uint32_t of_1000;  // conversations
            uint16_t port;
            uint32_t steps;  // at most
        };
        static constexpr std::array<Share, 5> kShares{{{Kind::kBulk, 120, 443, 1'200},
                                                       {Kind::kHttp, 300, 80, 60},
                                                       {Kind::kQuic, 60, 443, 600},
                                                       {Kind::kScan, 1, 0, 400},
                                                       {Kind::kDns, 519, 53, 1}}};
        uint32_t dice = random_.below(1'000);
        const Share* share = kShares.data();
        while (dice >= share->of_1000) dice -= (share++)->of_1000;
        talk = {between(share->port), share->kind, 0, 1 + random_.below(share->steps)};
        if (talk.kind == Kind::kScan) {
            talk.steps = 400;
            ++planted_.scan;
        }
    }

    void go_on(Talk& talk) {
        const bool tcp = talk.kind == Kind::kBulk || talk.kind == Kind::kHttp;
        if (talk.step == 0 && tcp) {
            open(talk.c);
        } else if (talk.step > talk.steps) {
            if (tcp) out_.tcp(talk.c, kFin | kAck);
            return start(talk);
        } else {
            exchange(talk);
        }
        ++talk.step;
    }

    void exchange(Talk& talk) {
        switch (talk.kind) {
            case Kind::kBulk:
                return bulk(talk);
            case Kind::kHttp:
                return http(talk);
            case Kind::kDns:
                return dns(talk.c);
            case Kind::kQuic:
                return quic(talk);
            case Kind::kScan:
                return probe(talk);
        }
    }

    void open(Conversation& c) {
        out_.tcp(c, kSyn);
        c.flip();
        out_.tcp(c, kSyn | kAck);
        c.flip();
        out_.tcp(c, kAck);
    }

    std::string_view from(const std::string& pool, uint32_t size) {
        return std::string_view(pool).substr(
            random_.below(static_cast<uint32_t>(pool.size()) - size), size);
    }

    // Two segments down, one acknowledgement up.
    void bulk(Talk& talk) {
        const uint32_t size = small_ ? 1 + random_.below(24) : 1'460;
        talk.c.flip();
        for (int i = 0; i < 2; ++i) out_.tcp(talk.c, kAck, from(binary_, size));
        talk.c.flip();
        out_.tcp(talk.c, kAck);
    }

    // Every sixteenth step asks for something, the others bring it.
    void http(Talk& talk) {
        if (talk.step % 16 == 1) {
            out_.tcp(talk.c, kPsh | kAck, request('/' + random_.word(4, 24)));
            talk.c.flip();
            out_.tcp(talk.c, kAck,
                     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000000\r\n"
                     "\r\n");
            return talk.c.flip();
        }
        talk.c.flip();
        out_.tcp(talk.c, kAck, from(text_, small_ ? 20 : 1'460));
        talk.c.flip();
        if (talk.step % 2 == 0) out_.tcp(talk.c, kAck);
    }

    std::string request(const std::string& target) {
        return "GET " + target + " HTTP/1.1\r\nHost: www." + random_.word(4, 12) +
               ".example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101\r\n"
               "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n\r\n";
    }

    void dns(Conversation& c) {
        std::string message = dns_query(random_, "www." + random_.word(4, 14) + ".example");
        out_.udp(c, message);
        c.flip();
        message[2] = '\x81';
        out_.udp(c, message);
    }

    void quic(Talk& talk) {
        talk.c.flip();
        for (int i = 0; i < 3; ++i) out_.udp(talk.c, from(binary_, small_ ? 30 : 1'200));
        talk.c.flip();
        out_.udp(talk.c, from(binary_, 33));
    }

    void probe(Talk& talk) {
        talk.c.dst_port = static_cast<uint16_t>(talk.step + 1);
        Conversation c = talk.c;
        out_.tcp(c, kSyn);
        c.flip();
        out_.tcp(c, kRst | kAck);
    }

    void plant() {
        const uint32_t i = static_cast<uint32_t>(random_.next());
        switch (i % 4) {
            case 0: {
                Conversation c = between(9);
                c.dst = rules_.addresses[i / 4 % rules_.addresses.size()];
                ++planted_.ip;
                return out_.udp(c, "hello");
            }
            case 1:
                ++planted_.domain;
                return out_.udp(between(53),
                                dns_query(random_, rules_.domains[i / 4 % rules_.domains.size()]));
            case 2:
                ++planted_.url;
                return plant_segment(80, request(rules_.urls[i / 4 % rules_.urls.size()]), 10);
            default:
                ++planted_.signature;
                return plant_segment(443,
                                     random_.bytes(40) +
                                         rules_.signatures[i / 4 % rules_.signatures.size()] +
                                         random_.bytes(9),
                                     44);
        }
    }

    // Every other one is split after `at` bytes, inside what is looked for.
    void plant_segment(uint16_t port, std::string_view payload, size_t at) {
        Conversation c = between(port);
        open(c);
        if (++segments_ % 2 == 0) {
            out_.tcp(c, kAck, payload.substr(0, at));
            payload.remove_prefix(at);
        }
        out_.tcp(c, kPsh | kAck, payload);
        c.flip();
        out_.tcp(c, kAck);
        out_.tcp(c, kFin | kAck);
        c.flip();
        out_.tcp(c, kFin | kAck);
    }

    CaptureWriter out_;
    const Rules& rules_;
    Random& random_;
    bool small_;
    std::string binary_;
    std::string text_;
    std::vector<Talk> talks_;
    Planted planted_;
    uint64_t segments_ = 0;
};

void write_capture(const std::string& dir, const std::string& name, const Rules& rules, bool small,
                   std::ofstream& list) {
    Random random(small ? 7 : 42);
    Traffic traffic(dir + '/' + name, rules, random, small);
    const Planted planted = traffic.write(small ? kSmallBytes : kMixedBytes);
    list << name << ' ' << planted.ip << ' ' << planted.domain << ' ' << planted.url << ' '
         << planted.signature << ' ' << planted.scan << '\n';
}

void write_all(const std::string& dir) {
    Random random(20161030);
    const Rules rules = make_rules(random);
    write_peek_rules(dir, rules);
    write_suricata_rules(dir, rules);
    std::ofstream list(dir + "/planted.new");
    write_capture(dir, "mixed.pcap", rules, false, list);
    write_capture(dir, "small.pcap", rules, true, list);
}

}  // namespace
}  // namespace peek::bench

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string dir = argv[1];
    peek::bench::write_all(dir);
    return std::rename((dir + "/planted.new").c_str(), (dir + "/planted.txt").c_str());
}
