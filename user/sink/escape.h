// SPDX-License-Identifier: BSD-2-Clause
// Bytes from the network, made safe for one line of text, for a terminal and for JSON.
#pragma once

#include <string>
#include <string_view>

namespace peek {

// For a field of the text log: bytes outside 0x21 … 0x7e and the backslash become \xHH.
// Unambiguous: the bytes can be had back.
std::string escape_field(std::string_view bytes);

// For a person's eyes: bytes outside 0x20 … 0x7e become \xHH, so that nothing a packet or a rule
// file holds can steer a terminal. The backslash stays: this is not for reading back.
std::string escape_terminal(std::string_view bytes);

// Appends a JSON string with its quotes. Valid UTF-8 stays as it is, control characters (C1 and
// DEL too) become \uHHHH, and a byte that is not UTF-8 the four characters \xHH.
void append_json_string(std::string& out, std::string_view bytes);

}  // namespace peek
