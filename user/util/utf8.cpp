// SPDX-License-Identifier: BSD-2-Clause
#include "util/utf8.h"

#include <array>
#include <cstdint>

namespace peek {

namespace {

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

}  // namespace

size_t utf8_sequence_length(std::string_view text) {
    const uint8_t first = byte_at(text, 0);
    for (const Lead& lead : kLeads)
        if (first >= lead.first && first <= lead.last) return follows(text, lead) ? lead.length : 0;
    return 0;
}

}  // namespace peek
