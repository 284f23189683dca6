// SPDX-License-Identifier: BSD-2-Clause
// PcapngWriter: a capture file with comments on packets, which libpcap cannot write.
// Format: draft-ietf-opsawg-pcapng; one section, native byte order, times in nanoseconds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sink/fd_writer.h"
#include "util/time.h"

namespace peek {

// One thread. Errors stick: after the first, nothing more is written.
class PcapngWriter {
  public:
    // Writes to `fd`, which the caller closes after finish().
    PcapngWriter(int fd, std::string_view application);

    // Returns the interface's id. `link_type` as in the registry
    // https://www.tcpdump.org/linktypes.html.
    uint32_t add_interface(uint16_t link_type, std::string_view name, std::string_view description);
    struct PacketBlock {
        uint32_t interface = 0;
        Timestamp time{};  // one before 1970 is written as 1970, the format has none
        uint32_t wire_len = 0;
        std::span<const uint8_t> bytes;
        std::span<const std::string> comments;  // UTF-8, each at most 65,535 bytes
    };
    void add(const PacketBlock& packet);
    // Hands over what is buffered. 0, or the errno of the write that failed.
    int finish();
    int errnum() const { return errnum_; }

  private:
    void put16(uint16_t value);
    void put32(uint32_t value);
    void put_padded(std::span<const uint8_t> bytes);
    void put_option(uint16_t code, std::string_view value);
    size_t begin_block(uint32_t type);
    void end_block(size_t start);
    void write_out();

    int fd_;
    int errnum_ = 0;
    uint32_t interfaces_ = 0;
    std::string buffer_;
};

}  // namespace peek
