// SPDX-License-Identifier: BSD-2-Clause
// Integers out of a span: in network order, and little-endian. The caller has checked that they lie
// inside it.
#pragma once

#include <cassert>
#include <cstdint>
#include <span>

namespace peek {

inline uint16_t be16(std::span<const uint8_t> bytes, size_t at) {
    assert(at + 2 <= bytes.size());
    return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

inline uint32_t be32(std::span<const uint8_t> bytes, size_t at) {
    return uint32_t{be16(bytes, at)} << 16 | be16(bytes, at + 2);
}

inline uint16_t le16(std::span<const uint8_t> bytes, size_t at) {
    return __builtin_bswap16(be16(bytes, at));
}

inline uint32_t le32(std::span<const uint8_t> bytes, size_t at) {
    return __builtin_bswap32(be32(bytes, at));
}

}  // namespace peek
