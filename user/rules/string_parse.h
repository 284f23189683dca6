// SPDX-License-Identifier: BSD-2-Clause
// The text of a URL or signature rule: bytes as they are, and escapes.
#pragma once

#include <string>
#include <string_view>

namespace peek {

inline constexpr size_t kMaxStringBytes = 4096;
inline constexpr size_t kShortStringBytes = 4;  // what is shorter is warned about

// Replaces escapes; the result goes to `bytes`. Returns an empty string, or what is wrong and what
// to write instead.
std::string parse_string_rule(std::string_view text, std::string& bytes);

}  // namespace peek
