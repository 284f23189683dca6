// SPDX-License-Identifier: BSD-2-Clause
// Capture files as bytes: the classic format in both byte orders and resolutions, and pcap-ng
// (draft-ietf-opsawg-pcapng). Packets are named by their time, length on the wire and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace peek::test {

struct CapturedPacket {
    uint32_t seconds;
    uint32_t fraction;  // in the file's unit
    uint32_t wire_len;
    std::string bytes;
};

class ByteWriter {
  public:
    explicit ByteWriter(bool big_endian) : big_endian_(big_endian) {}
    ByteWriter& u16(uint32_t v) { return put(v, 2); }
    ByteWriter& u32(uint32_t v) { return put(v, 4); }
    ByteWriter& text(const std::string& bytes) {
        out_ += bytes;
        return *this;
    }
    ByteWriter& pad_to_4() {
        while (out_.size() % 4 != 0) out_ += '\0';
        return *this;
    }
    const std::string& bytes() const { return out_; }

  private:
    ByteWriter& put(uint32_t v, int size) {
        for (int i = 0; i < size; ++i) {
            const int at = big_endian_ ? size - 1 - i : i;
            out_ += static_cast<char>(v >> (8 * at));
        }
        return *this;
    }
    bool big_endian_;
    std::string out_;
};

struct PcapForm {
    bool big_endian = false;
    bool nanoseconds = false;
    uint32_t link_type = 1;
};

inline std::string pcap_header(const PcapForm& form) {
    ByteWriter file(form.big_endian);
    file.u32(form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4).u16(2).u16(4);
    return file.u32(0).u32(0).u32(262144).u32(form.link_type).bytes();
}

inline std::string pcap_record(const PcapForm& form, const CapturedPacket& packet) {
    ByteWriter record(form.big_endian);
    record.u32(packet.seconds).u32(packet.fraction);
    record.u32(static_cast<uint32_t>(packet.bytes.size())).u32(packet.wire_len);
    return record.text(packet.bytes).bytes();
}

inline std::string pcap_bytes(const PcapForm& form, const std::vector<CapturedPacket>& packets) {
    std::string file = pcap_header(form);
    for (const CapturedPacket& packet : packets) file += pcap_record(form, packet);
    return file;
}

inline std::string pcapng_block(uint32_t type, const std::string& body) {
    const auto size = static_cast<uint32_t>(body.size() + 12);
    return ByteWriter(false).u32(type).u32(size).text(body).u32(size).bytes();
}

inline std::string pcapng_header() {
    ByteWriter section(false);
    section.u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff);
    return pcapng_block(0x0a0d0d0a, section.bytes());
}

// An interface whose times are in nanoseconds (option if_tsresol).
inline std::string pcapng_interface(uint32_t link_type) {
    ByteWriter interface(false);
    interface.u16(link_type).u16(0).u32(0);
    interface.u16(9).u16(1).text({'\x09', '\0', '\0', '\0'}).u16(0).u16(0);
    return pcapng_block(1, interface.bytes());
}

inline std::string pcapng_packet(uint32_t interface, const CapturedPacket& packet) {
    const uint64_t time = uint64_t{packet.seconds} * 1'000'000'000 + packet.fraction;
    ByteWriter body(false);
    body.u32(interface).u32(static_cast<uint32_t>(time >> 32)).u32(static_cast<uint32_t>(time));
    body.u32(static_cast<uint32_t>(packet.bytes.size())).u32(packet.wire_len);
    return pcapng_block(6, body.text(packet.bytes).pad_to_4().bytes());
}

}  // namespace peek::test
