// SPDX-License-Identifier: BSD-2-Clause
// CaptureWriter: a pcap file of made-up traffic. Packets are Ethernet and IPv4, their lengths and
// TCP sequence numbers right, their transport checksums 0.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace peek::bench {

// splitmix64: the same numbers everywhere, which std's distributions do not promise.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}
    uint64_t next() {
        uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    uint32_t below(uint32_t bound) { return static_cast<uint32_t>((next() >> 32) * bound >> 32); }
    std::string word(uint32_t least, uint32_t most);  // a … z
    std::string bytes(uint32_t size);

  private:
    uint64_t state_;
};

inline constexpr uint8_t kFin = 0x01;
inline constexpr uint8_t kSyn = 0x02;
inline constexpr uint8_t kRst = 0x04;
inline constexpr uint8_t kPsh = 0x08;
inline constexpr uint8_t kAck = 0x10;

// One side speaks; flip() lets the other one.
struct Conversation {
    uint32_t src = 0;  // host byte order
    uint32_t dst = 0;
    uint16_t src_port = 0;
    uint16_t dst_port = 0;
    uint32_t seq = 0;
    uint32_t ack = 0;

    void flip() {
        std::swap(src, dst);
        std::swap(src_port, dst_port);
        std::swap(seq, ack);
    }
};

class CaptureWriter {
  public:
    explicit CaptureWriter(const std::string& path);
    ~CaptureWriter();
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    // Advances the conversation's sequence number.
    void tcp(Conversation& talk, uint8_t flags, std::string_view payload = {});
    void udp(const Conversation& talk, std::string_view payload);

    uint64_t bytes() const { return bytes_; }
    uint64_t packets() const { return packets_; }

  private:
    void begin(const Conversation& talk, uint8_t protocol, size_t header, size_t payload);
    void put8(uint8_t value) { packet_.push_back(static_cast<char>(value)); }
    void put16(uint32_t value);  // network byte order
    void put32(uint32_t value);
    void write(std::string_view payload);

    FILE* file_;
    std::string packet_;
    uint64_t bytes_ = 0;
    uint64_t packets_ = 0;
};

}  // namespace peek::bench
