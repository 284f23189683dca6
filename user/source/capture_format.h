// SPDX-License-Identifier: BSD-2-Clause
// CaptureFormat: how a capture file is laid out. Looks at bytes where they stand, one record or
// block at a time, and knows nothing of where they come from.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "source/packet_source.h"

namespace peek {

// The longest packet that is believed (libpcap's MAXIMUM_SNAPLEN; tcpdump writes none longer). More
// is a broken file's.
inline constexpr uint32_t kMaxCaptured = 262'144;
// The longest pcapng block, as libpcap and Wireshark have it.
inline constexpr uint32_t kMaxBlock = uint32_t{16} << 20;

class CaptureFormat {
  public:
    enum class Kind : uint8_t {
        kPacket,  // `size` bytes, a packet among them
        kOther,   // `size` bytes without a packet
        kMore,    // `size` bytes are needed to go on
        kBroken,  // complaint() says what is wrong; nothing behind it can be made out
    };
    struct Step {
        Kind kind;
        size_t size;
    };
    struct Interface {
        uint32_t link_number = 0;      // as in the file
        std::optional<LinkType> link;  // none: not supported
        std::string name;              // if_name, if there is one
        bool operator==(const Interface&) const = default;
    };

    virtual ~CaptureFormat() = default;

    // What stands at the beginning of `at`. Of a packet sets time, interface, wire_len and bytes;
    // its link when the interface has one that is supported.
    virtual Step step(std::span<const uint8_t> at, PacketView& packet) = 0;

    const std::string& complaint() const { return complaint_; }
    // PacketView::interface is the index. Equal ones of several sections are one. Never moves.
    const std::deque<Interface>& interfaces() const { return interfaces_; }

  protected:
    Step broken(std::string complaint) {
        complaint_ = std::move(complaint);
        return {Kind::kBroken, 0};
    }

    std::deque<Interface> interfaces_;
    std::string complaint_;
};

// Integers in the byte order of the file.
class FileOrder {
  public:
    explicit FileOrder(bool swapped) : swapped_(swapped) {}
    uint16_t u16(std::span<const uint8_t> bytes, size_t at) const {
        const uint16_t value = load<uint16_t>(bytes, at);
        return swapped_ ? __builtin_bswap16(value) : value;
    }
    uint32_t u32(std::span<const uint8_t> bytes, size_t at) const {
        const uint32_t value = load<uint32_t>(bytes, at);
        return swapped_ ? __builtin_bswap32(value) : value;
    }
    uint64_t u64(std::span<const uint8_t> bytes, size_t at) const {
        const uint64_t value = load<uint64_t>(bytes, at);
        return swapped_ ? __builtin_bswap64(value) : value;
    }

  private:
    template <typename T>
    static T load(std::span<const uint8_t> bytes, size_t at) {
        T value;
        __builtin_memcpy(&value, bytes.data() + at, sizeof(value));
        return value;
    }
    bool swapped_;
};

// What the first bytes are.
enum class FormatKind : uint8_t {
    kPcap,  // the classic format, microseconds or nanoseconds, version 2.4
    kPcapng,
    kModified,  // a form of pcap that only libpcap knows: other magic numbers, older versions
    kUnknown,
};
constexpr size_t kFormatBytes = 24;  // that are needed to tell
FormatKind format_of(std::span<const uint8_t> first_bytes);

// `first_bytes` are the file's, kFormatBytes of them.
std::unique_ptr<CaptureFormat> make_pcap_format(std::span<const uint8_t> first_bytes);
std::unique_ptr<CaptureFormat> make_pcapng_format();

}  // namespace peek
