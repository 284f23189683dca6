// SPDX-License-Identifier: BSD-2-Clause
#include "sink/escape.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace peek {
namespace {

void append_hex(std::string& out, char byte) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\x{:02x}"), static_cast<uint8_t>(byte));
}

// A lead byte's place in RFC 3629 §4: sequence length, and the range of the second byte, which is
// what rules out overlong forms, surrogates and values over U+10FFFF.
struct Lead {
    uint8_t first, last;
    uint8_t length;
    uint8_t second_low, second_high;
};
constexpr std::array<Lead, 8> kLeads{{
    {0xc2, 0xdf, 2, 0x80, 0xbf},
    {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f},
    {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf},
    {0xf1, 0xf3, 4, 0x80, 0xbf},
    {0xf4, 0xf4, 4, 0x80, 0x8f},
}};

uint8_t byte_at(std::string_view text, size_t i) {
    return static_cast<uint8_t>(text[i]);
}

bool follows(std::string_view text, const Lead& lead) {
    if (text.size() < lead.length) return false;
    if (byte_at(text, 1) < lead.second_low || byte_at(text, 1) > lead.second_high) return false;
    for (size_t i = 2; i < lead.length; ++i)
        if ((byte_at(text, i) & 0xc0) != 0x80) return false;
    return true;
}

// Length of the multi-byte sequence that `text` begins with; 0 when it is not UTF-8.
size_t sequence_length(std::string_view text) {
    const uint8_t first = byte_at(text, 0);
    for (const Lead& lead : kLeads)
        if (first >= lead.first && first <= lead.last) return follows(text, lead) ? lead.length : 0;
    return 0;
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
    const size_t length = sequence_length(text);
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
