// SPDX-License-Identifier: BSD-2-Clause
#include "sink/escape.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cstdint>
#include <iterator>

#include "util/utf8.h"

namespace peek {
namespace {

void append_hex(std::string& out, char byte) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\x{:02x}"), static_cast<uint8_t>(byte));
}

uint8_t byte_at(std::string_view text, size_t i) {
    return static_cast<uint8_t>(text[i]);
}

void append_json_ascii(std::string& out, char c) {
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"), static_cast<uint8_t>(c));
    } else {
        out += c;
    }
}

// Appends what `text`, whose first byte is not ASCII, begins with; returns the bytes taken.
size_t append_json_multibyte(std::string& out, std::string_view text) {
    const size_t length = utf8_sequence_length(text);
    if (length == 0) {
        out += "\\\\x";
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:02x}"), byte_at(text, 0));
        return 1;
    }
    const bool c1_control = byte_at(text, 0) == 0xc2 && byte_at(text, 1) < 0xa0;
    if (c1_control)
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"), byte_at(text, 1));
    else
        out += text.substr(0, length);
    return length;
}

}  // namespace

std::string escape_field(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes)
        if (c >= 0x21 && c <= 0x7e && c != '\\')
            out += c;
        else
            append_hex(out, c);
    return out;
}

std::string escape_terminal(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes)
        if (c >= 0x20 && c <= 0x7e)
            out += c;
        else
            append_hex(out, c);
    return out;
}

void append_json_string(std::string& out, std::string_view bytes) {
    out += '"';
    for (size_t i = 0; i < bytes.size();) {
        if (byte_at(bytes, i) < 0x80)
            append_json_ascii(out, bytes[i++]);
        else
            i += append_json_multibyte(out, bytes.substr(i));
    }
    out += '"';
}

}  // namespace peek
