// SPDX-License-Identifier: BSD-2-Clause
#include "capture_writer.h"

#include <cstdlib>

namespace peek::bench {
namespace {

constexpr size_t kEthernet = 14;
constexpr size_t kIpv4 = 20;
constexpr size_t kTcp = 20;
constexpr size_t kUdp = 8;
constexpr uint32_t kStartSeconds = 1'477'864'800;
constexpr uint64_t kPacketsPerSecond = 50'000;

void append_host32(std::string& to, uint32_t value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint16_t checksum(std::string_view header) {
    uint32_t sum = 0;
    for (size_t i = 0; i < header.size(); i += 2)
        sum += static_cast<uint32_t>(static_cast<uint8_t>(header[i]) << 8 |
                                     static_cast<uint8_t>(header[i + 1]));
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

}  // namespace

std::string Random::word(uint32_t least, uint32_t most) {
    std::string text(least + below(most - least + 1), 'a');
    for (char& c : text) c = static_cast<char>('a' + below(26));
    return text;
}

std::string Random::bytes(uint32_t size) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(next());
    return text;
}

CaptureWriter::CaptureWriter(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) {
        std::perror(path.c_str());
        std::exit(1);
    }
    std::string header;
    for (const uint32_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 262'144U, 1U})
        append_host32(header, word);
    std::fwrite(header.data(), 1, header.size(), file_);
}

CaptureWriter::~CaptureWriter() {
    if (std::ferror(file_) != 0 || std::fclose(file_) != 0) {
        std::perror("writing a capture");
        std::exit(1);
    }
}

void CaptureWriter::put16(uint32_t value) {
    put8(static_cast<uint8_t>(value >> 8));
    put8(static_cast<uint8_t>(value));
}

void CaptureWriter::put32(uint32_t value) {
    put16(value >> 16);
    put16(value & 0xffff);
}

void CaptureWriter::begin(const Conversation& talk, uint8_t protocol, size_t header,
                          size_t payload) {
    const size_t length = kEthernet + kIpv4 + header + payload;
    packet_.clear();
    append_host32(packet_, static_cast<uint32_t>(kStartSeconds + packets_ / kPacketsPerSecond));
    append_host32(packet_, static_cast<uint32_t>(packets_ % kPacketsPerSecond * 1'000'000 /
                                                 kPacketsPerSecond));
    append_host32(packet_, static_cast<uint32_t>(length));
    append_host32(packet_, static_cast<uint32_t>(length));
    packet_.append("\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", kEthernet);
    const size_t ip = packet_.size();
    put16(0x4500);
    put16(static_cast<uint32_t>(length - kEthernet));
    put16(static_cast<uint32_t>(packets_ & 0xffff));
    put16(0x4000);
    put8(64);
    put8(protocol);
    put16(0);
    put32(talk.src);
    put32(talk.dst);
    const uint16_t sum = checksum(std::string_view(packet_).substr(ip));
    packet_[ip + 10] = static_cast<char>(sum >> 8);
    packet_[ip + 11] = static_cast<char>(sum);
    put16(talk.src_port);
    put16(talk.dst_port);
}

void CaptureWriter::write(std::string_view payload) {
    std::fwrite(packet_.data(), 1, packet_.size(), file_);
    std::fwrite(payload.data(), 1, payload.size(), file_);
    bytes_ += packet_.size() + payload.size();
    ++packets_;
}

void CaptureWriter::tcp(Conversation& talk, uint8_t flags, std::string_view payload) {
    begin(talk, 6, kTcp, payload.size());
    put32(talk.seq);
    put32((flags & kAck) != 0 ? talk.ack : 0);
    put8(kTcp / 4 << 4);
    put8(flags);
    put16(64'240);
    put32(0);  // checksum, urgent pointer
    write(payload);
    talk.seq += static_cast<uint32_t>(payload.size()) + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
}

void CaptureWriter::udp(const Conversation& talk, std::string_view payload) {
    begin(talk, 17, kUdp, payload.size());
    put16(static_cast<uint32_t>(kUdp + payload.size()));
    put16(0);
    write(payload);
}

}  // namespace peek::bench
