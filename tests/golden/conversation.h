// SPDX-License-Identifier: BSD-2-Clause
// Made-up conversations, frame by frame, in any wrapping. Checksums are right.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/frame_builder.h"

namespace peek::test {

enum class Wrapping : uint8_t {
    kNone,
    kVlan,
    kTwoVlans,
    kMpls,
    kPppoe,
    kIpInIp,
    kGre,
    kVxlan,
    kGeneve,
    kCount
};

// Who speaks to whom.
struct Ends {
    std::string client;
    std::string server;
    uint16_t client_port = 0;
    uint16_t server_port = 0;
    Wrapping wrapping = Wrapping::kNone;
    std::string outer;  // the tunnel's far end

    bool v6() const { return client.find(':') != std::string::npos; }
    // A packet of theirs up to the IP header.
    Frame ip(bool from_client = true) const;
    // The same without what is around it.
    Frame bare_ip() const {
        return v6() ? raw().checksums().ipv6(client.c_str(), server.c_str())
                    : raw().checksums().ipv4(client.c_str(), server.c_str());
    }
    Frame udp(std::string_view payload, bool from_client = true) const;

  private:
    Frame wrapped() const;
};

// A TCP connection, with its handshake. `seq`: of the client's SYN.
class Connection {
  public:
    Connection(const Ends& ends, uint32_t seq, std::vector<Bytes>& frames);

    void say(std::string_view text);
    void answer(std::string_view text);
    // In segments that end at `cuts`, ascending.
    void say_cut(std::string_view text, const std::vector<size_t>& cuts);
    void say_again() { frames_->push_back(last_); }
    // What stands `at` bytes behind the first one that the client says: ahead of its turn, or
    // again. `urgent`: the urgent pointer; 0: none.
    void place(uint32_t at, std::string_view text, uint16_t urgent = 0);
    // Both say that they are done.
    void close();
    // The last two segments arrive in the other order.
    void swap_last_two() { std::swap(frames_->end()[-1], frames_->end()[-2]); }

  private:
    Bytes segment(bool from_client, uint8_t flags, std::string_view text, uint16_t urgent = 0);

    Ends ends_;
    uint32_t first_;  // of the client's bytes
    uint32_t client_seq_;
    uint32_t server_seq_ = 7'000'000;
    std::vector<Bytes>* frames_;
    Bytes last_;
};

inline Frame Ends::wrapped() const {
    const auto tunnel = [this] { return eth().ipv4("172.16.0.1", outer.c_str()); };
    switch (wrapping) {
        case Wrapping::kVlan:
            return eth().vlan(7);
        case Wrapping::kTwoVlans:
            return eth().vlan(7, 0x88a8).vlan(9);
        case Wrapping::kMpls:
            return eth().mpls(77, false).mpls(78);
        case Wrapping::kPppoe:
            return eth().pppoe(v6() ? 0x0057 : 0x0021);
        case Wrapping::kIpInIp:
            return tunnel();
        case Wrapping::kGre:
            return tunnel().gre();
        case Wrapping::kVxlan:
            return tunnel().udp(50'000, 4789).vxlan().ethernet();
        case Wrapping::kGeneve:
            return tunnel().udp(50'000, 6081).geneve();
        default:
            return eth();
    }
}

inline Frame Ends::ip(bool from_client) const {
    const char* src = (from_client ? client : server).c_str();
    const char* dst = (from_client ? server : client).c_str();
    Frame frame = wrapped().checksums();
    return v6() ? frame.ipv6(src, dst) : frame.ipv4(src, dst);
}

inline Frame Ends::udp(std::string_view payload, bool from_client) const {
    return ip(from_client)
        .udp(from_client ? client_port : server_port, from_client ? server_port : client_port)
        .payload(payload);
}

inline Connection::Connection(const Ends& ends, uint32_t seq, std::vector<Bytes>& frames)
    : ends_(ends), first_(seq + 1), client_seq_(seq), frames_(&frames) {
    frames_->push_back(segment(true, kSyn, {}));
    ++client_seq_;
    frames_->push_back(segment(false, kSyn | kAck, {}));
    ++server_seq_;
    frames_->push_back(segment(true, kAck, {}));
}

inline Bytes Connection::segment(bool from_client, uint8_t flags, std::string_view text,
                                 uint16_t urgent) {
    Frame frame = ends_.ip(from_client);
    uint32_t& seq = from_client ? client_seq_ : server_seq_;
    frame.tcp(from_client ? ends_.client_port : ends_.server_port,
              from_client ? ends_.server_port : ends_.client_port, flags);
    frame.sequence(seq);
    if ((flags & kAck) != 0) frame.acknowledgement(from_client ? server_seq_ : client_seq_);
    if (urgent != 0) frame.urgent(urgent);
    seq += static_cast<uint32_t>(text.size());
    if (!text.empty()) frame.payload(text);
    return frame;
}

inline void Connection::say(std::string_view text) {
    last_ = segment(true, kPsh | kAck, text);
    frames_->push_back(last_);
}

inline void Connection::answer(std::string_view text) {
    frames_->push_back(segment(false, kPsh | kAck, text));
}

inline void Connection::say_cut(std::string_view text, const std::vector<size_t>& cuts) {
    size_t from = 0;
    for (const size_t cut : cuts) {
        say(text.substr(from, cut - from));
        from = cut;
    }
    say(text.substr(from));
}

inline void Connection::place(uint32_t at, std::string_view text, uint16_t urgent) {
    const uint32_t next = std::exchange(client_seq_, first_ + at);
    last_ = segment(true, kPsh | kAck, text, urgent);
    frames_->push_back(last_);
    if (static_cast<int32_t>(next - client_seq_) > 0) client_seq_ = next;
}

inline void Connection::close() {
    frames_->push_back(segment(true, kFin | kAck, {}));
    ++client_seq_;
    frames_->push_back(segment(false, kFin | kAck, {}));
    ++server_seq_;
    frames_->push_back(segment(true, kAck, {}));
}

}  // namespace peek::test
