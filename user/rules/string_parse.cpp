// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_parse.h"

#include <charconv>

#include "rules/rule_reader.h"

namespace peek {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string at_column(size_t offset) {
    return " at column " + std::to_string(offset + 1);
}

// The byte that \c stands for, or -1.
int simple_escape(char c) {
    switch (c) {
        case '\\':
        case '\'':
        case '"':
            return c;
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case '0':
            return '\0';
        default:
            return -1;
    }
}

// Decodes the escape whose backslash stands at `at` and moves `at` behind it.
std::string parse_escape(std::string_view text, size_t& at, std::string& bytes) {
    if (at + 1 == text.size()) return "a lone \\ at the end; write \\\\ for a backslash";
    const char kind = text[at + 1];
    if (kind == 'x') {
        unsigned value = 0;
        const std::string_view digits = text.substr(at + 2, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (error != std::errc{} || end != digits.data() + 2) {
            return "\\x" + at_column(at) + " needs two hexadecimal digits, as in \\x2f";
        }
        bytes += static_cast<char>(value);
        at += 4;
        return {};
    }
    if (kind == '0' && at + 2 < text.size() && is_digit(text[at + 2])) {
        return "\\0" + at_column(at) + " stands before a digit, which looks octal; write \\x00";
    }
    const int byte = simple_escape(kind);
    if (byte < 0) {
        return quoted(text.substr(at, 2)) + at_column(at) +
               " is no escape (\\xHH \\\\ \\' \\\" \\n \\r \\t \\0); write \\\\ for a backslash";
    }
    bytes += static_cast<char>(byte);
    at += 2;
    return {};
}

}  // namespace

std::string parse_string_rule(std::string_view text, std::string& bytes) {
    bytes.clear();
    for (size_t at = 0; at < text.size();) {
        if (text[at] != '\\') {
            bytes += text[at++];
        } else if (std::string reason = parse_escape(text, at, bytes); !reason.empty()) {
            return reason;
        }
    }
    if (bytes.size() > kMaxStringBytes) {
        return "the string has " + std::to_string(bytes.size()) + " bytes; at most " +
               std::to_string(kMaxStringBytes) + " are allowed";
    }
    return {};
}

}  // namespace peek
