// SPDX-License-Identifier: BSD-2-Clause
// Text as bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace peek {

// Refers to the text.
inline std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace peek
