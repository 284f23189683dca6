// SPDX-License-Identifier: BSD-2-Clause
// DNS messages as they stand on the wire, for what dns() of dns_message.h does not make: pointers,
// labels that hold anything, more questions than there are.
#pragma once

#include <string>
#include <vector>

#include "support/dns_message.h"

namespace peek::test {

inline constexpr size_t kFirst = 12;  // where the first question stands

// Labels that may hold anything.
inline std::string labels(const std::vector<std::string>& texts) {
    std::string wire;
    for (const std::string& text : texts) wire += static_cast<char>(text.size()) + text;
    return wire;
}
// A name as it is written; "" is the root.
inline std::string wire(const std::string& name) {
    std::vector<std::string> texts;
    for (size_t at = 0; at < name.size(); at += texts.back().size() + 1)
        texts.push_back(name.substr(at, name.find('.', at) - at));
    return labels(texts) + '\0';
}
inline std::string question(const std::string& wire) {
    return wire + be16(kTypeA) + be16(1);
}
inline std::string ask(const std::string& name) {
    return question(wire(name));
}
inline std::string pointer(size_t to) {
    return be16(0xc000 | to);
}
inline std::string query(const std::vector<std::string>& questions, uint16_t flags = 0x0100) {
    std::string message =
        be16(0x1234) + be16(flags) + be16(questions.size()) + std::string(6, '\0');
    for (const std::string& question : questions) message += question;
    return message;
}

}  // namespace peek::test
