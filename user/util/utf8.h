// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstddef>
#include <string_view>

namespace peek {

// Length of the multi-byte sequence that `text`, not empty, begins with; 0 when it is no UTF-8
// (RFC 3629), and for ASCII.
size_t utf8_sequence_length(std::string_view text);

}  // namespace peek
