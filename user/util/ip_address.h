// SPDX-License-Identifier: BSD-2-Clause
// IpAddress: an IPv4 or IPv6 address as it stood in the packet, network byte order throughout.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace peek {

class IpAddress {
  public:
    IpAddress() = default;
    static IpAddress v4(std::span<const uint8_t, 4> bytes) {
        IpAddress a;
        a.bytes_[10] = a.bytes_[11] = 0xff;
        std::memcpy(a.bytes_.data() + 12, bytes.data(), 4);
        a.version_ = 4;
        return a;
    }
    static IpAddress v6(std::span<const uint8_t, 16> bytes) {
        IpAddress a;
        std::memcpy(a.bytes_.data(), bytes.data(), 16);
        a.version_ = 6;
        return a;
    }

    // The IP version of the header the address came from: 4, 6, or 0 for no address.
    uint8_t version() const { return version_; }
    // Sixteen bytes; an IPv4 address in its IPv4-mapped form ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
    std::span<const uint8_t, 16> bytes16() const { return std::span<const uint8_t, 16>(bytes_); }
    // The four bytes of an IPv4 or IPv4-mapped address.
    std::span<const uint8_t, 4> bytes4() const {
        return std::span<const uint8_t, 4>(bytes_.data() + 12, 4);
    }
    // An IPv4 address, or an IPv6 address of the mapped form: IPv4 rules apply to both.
    bool is_v4_or_mapped() const {
        static constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        return std::memcmp(bytes_.data(), kMapped.data(), kMapped.size()) == 0;
    }
    // RFC 5952 text for IPv6, dotted quad for IPv4.
    std::string to_string() const;

    auto operator<=>(const IpAddress&) const = default;

  private:
    std::array<uint8_t, 16> bytes_{};
    uint8_t version_ = 0;
};

}  // namespace peek
