// SPDX-License-Identifier: BSD-2-Clause
// Network-order integers out of a span. The caller has checked that they lie inside it.
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

}  // namespace peek
