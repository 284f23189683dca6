// SPDX-License-Identifier: BSD-2-Clause
// DNS messages for tests: dns({"bad.example", "other.example"}).
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace peek::test {

inline constexpr uint16_t kTypeA = 1;
inline constexpr uint16_t kTypeAaaa = 28;

struct Question {
    Question(const char* question_name, uint16_t question_type = kTypeA)
        : name(question_name), type(question_type) {}
    std::string_view name;  // dots end labels; the root's is implied
    uint16_t type;
};

inline std::string be16(size_t value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string dns(std::initializer_list<Question> questions, uint16_t flags = 0x0100) {
    std::string message = be16(0x1234) + be16(flags) + be16(questions.size()) + std::string(6, 0);
    for (const Question& question : questions) {
        for (std::string_view rest = question.name; !rest.empty();) {
            const std::string_view label = rest.substr(0, rest.find('.'));
            message += static_cast<char>(label.size());
            message += label;
            rest.remove_prefix(std::min(rest.size(), label.size() + 1));
        }
        message += '\0' + be16(question.type) + be16(1);
    }
    return message;
}

// As it stands in a TCP segment, RFC 1035 §4.2.2.
inline std::string dns_over_tcp(const std::string& message) {
    return be16(message.size()) + message;
}

}  // namespace peek::test
