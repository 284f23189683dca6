// SPDX-License-Identifier: BSD-2-Clause
#include "sink/pcapng_writer.h"

#include <algorithm>
#include <cstring>

#include "util/bytes.h"
#include "util/pcapng.h"

namespace peek {

namespace {

using namespace pcapng;

constexpr char kNanoseconds = 9;  // 10^-9

constexpr size_t kBufferBytes = size_t{256} * 1024;
constexpr size_t kMaxOption = 65'535;
constexpr std::chrono::milliseconds kPatience =
    std::chrono::hours(24);  // a pipe's reader may pause

}  // namespace

PcapngWriter::PcapngWriter(int fd, std::string_view application) : fd_(fd) {
    const size_t start = begin_block(kSectionHeader);
    put32(kByteOrderMagic);
    put16(1);  // version 1.0
    put16(0);
    put32(UINT32_MAX);  // the section's length is not known yet: -1
    put32(UINT32_MAX);
    put_option(kUserApplication, application);
    put_option(kEndOfOptions, {});
    end_block(start);
}

uint32_t PcapngWriter::add_interface(uint16_t link_type, std::string_view name,
                                     std::string_view description) {
    const size_t start = begin_block(kInterfaceDescription);
    put16(link_type);
    put16(0);
    put32(0);  // no snap length: what the packets have may be the result of any
    if (!name.empty()) put_option(kName, name);
    if (!description.empty()) put_option(kDescription, description);
    put_option(kTimeResolution, {&kNanoseconds, 1});
    put_option(kEndOfOptions, {});
    end_block(start);
    return interfaces_++;
}

void PcapngWriter::add(const PacketBlock& packet) {
    const auto ns = static_cast<uint64_t>(std::max<int64_t>(to_ns(packet.time), 0));
    const size_t start = begin_block(kEnhancedPacket);
    put32(packet.interface);
    put32(static_cast<uint32_t>(ns >> 32));
    put32(static_cast<uint32_t>(ns));
    put32(static_cast<uint32_t>(packet.bytes.size()));
    put32(packet.wire_len);
    put_padded(packet.bytes);
    for (const std::string& comment : packet.comments) put_option(kComment, comment);
    if (!packet.comments.empty()) put_option(kEndOfOptions, {});
    end_block(start);
    if (buffer_.size() >= kBufferBytes) write_out();
}

int PcapngWriter::finish() {
    write_out();
    return errnum_;
}

void PcapngWriter::put16(uint16_t value) {
    buffer_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void PcapngWriter::put32(uint32_t value) {
    buffer_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void PcapngWriter::put_padded(std::span<const uint8_t> bytes) {
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    buffer_.append((4 - bytes.size() % 4) % 4, '\0');
}

void PcapngWriter::put_option(uint16_t code, std::string_view value) {
    value = value.substr(0, kMaxOption);
    put16(code);
    put16(static_cast<uint16_t>(value.size()));
    put_padded(as_bytes(value));
}

size_t PcapngWriter::begin_block(uint32_t type) {
    const size_t start = buffer_.size();
    put32(type);
    put32(0);  // the length, once it is known
    return start;
}

void PcapngWriter::end_block(size_t start) {
    const auto length = static_cast<uint32_t>(buffer_.size() + sizeof(uint32_t) - start);
    put32(length);
    std::memcpy(buffer_.data() + start + sizeof(uint32_t), &length, sizeof length);
}

void PcapngWriter::write_out() {
    if (errnum_ == 0) errnum_ = write_all(fd_, buffer_, kPatience).errnum;
    buffer_.clear();
}

}  // namespace peek
