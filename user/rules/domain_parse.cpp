// SPDX-License-Identifier: BSD-2-Clause
#include "rules/domain_parse.h"

#include <algorithm>
#include <cstring>

#include "rules/rule_reader.h"

namespace peek {

namespace {

constexpr std::array<std::string_view, 11> kLocalNames{
    "localhost",     "localhost.localdomain", "local",        "broadcasthost",
    "ip6-localhost", "ip6-loopback",          "ip6-localnet", "ip6-mcastprefix",
    "ip6-allnodes",  "ip6-allrouters",        "ip6-allhosts"};

// The rule's name proper: "*.x", ".x" and "x." mean x.
std::string_view strip_marks(std::string_view text) {
    if (text.starts_with("*.")) {
        text.remove_prefix(2);
    } else if (text == "*" || text.starts_with('.')) {
        text.remove_prefix(1);
    }
    if (text.ends_with('.')) text.remove_suffix(1);
    return text;
}

bool is_printable(char c) {
    return c > 0x20 && c < 0x7f;
}

std::string explain_bad_bytes(std::string_view text) {
    for (const char c : text) {
        if (is_printable(c)) continue;
        if (is_white(c)) {
            return "white space in " + quoted(text) +
                   "; write one domain a line, comments on lines of their own";
        }
        if (static_cast<uint8_t>(c) > 0x7f)
            return quoted(text) + " is not ASCII; write it as xn--…";
        if (c < 0x20 || c == 0x7f) return quoted(text) + " has a control character; remove it";
    }
    return {};
}

std::string explain_bad_label(std::string_view label, std::string_view text) {
    if (label.empty()) return quoted(text) + " has an empty label; remove the dot too many";
    return "a label of " + quoted(text) + " has " + std::to_string(label.size()) +
           " characters; DNS allows " + std::to_string(kMaxLabelBytes);
}

std::string explain_bad_domain(std::string_view text, std::string_view bare) {
    if (std::string reason = explain_bad_bytes(text); !reason.empty()) return reason;
    if (bare.empty())
        return quoted(text) + " is the root, which every name is under; write a domain";
    if (bare.size() > kMaxNameBytes) {
        return "the name has " + std::to_string(bare.size()) + " characters; DNS allows " +
               std::to_string(kMaxNameBytes);
    }
    std::string_view label;
    do {
        label = bare.substr(0, bare.find('.'));
        bare.remove_prefix(std::min(bare.size(), label.size() + 1));
    } while (!bare.empty() && !label.empty() && label.size() <= kMaxLabelBytes);
    // Nothing left: the label is too long, or an empty one follows its dot.
    return explain_bad_label(label.size() > kMaxLabelBytes ? label : std::string_view(), text);
}

}  // namespace

char fold(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool FoldedName::assign(std::string_view text) {
    size_ = 0;
    if (text.empty() || text.size() > kMaxNameBytes) return false;
    size_t label = 0;  // where its length byte goes
    size_t end = 1;
    const auto end_label = [&] {
        const size_t length = end - label - 1;
        bytes_[label] = static_cast<char>(length);
        label = end++;
        return length > 0 && length <= kMaxLabelBytes;
    };
    for (const char c : text) {
        if (!is_printable(c)) return false;
        if (c != '.') {
            bytes_[end++] = fold(c);
        } else if (!end_label()) {
            return false;
        }
    }
    size_ = end;
    return end_label();
}

std::string parse_domain_rule(std::string_view text, FoldedName& name) {
    const std::string_view bare = strip_marks(text);
    return name.assign(bare) ? std::string() : explain_bad_domain(text, bare);
}

bool looks_like_host_name(const FoldedName& name) {
    const std::string_view wire = name.view();
    for (size_t label = 0; label < wire.size(); label += 1 + static_cast<uint8_t>(wire[label])) {
        for (const char c : wire.substr(label + 1, static_cast<uint8_t>(wire[label]))) {
            const bool ok =
                (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!ok) return false;
        }
    }
    return true;
}

bool is_local_name(const FoldedName& name) {
    static const std::array<FoldedName, kLocalNames.size()> kFolded = [] {
        std::array<FoldedName, kLocalNames.size()> names;
        for (size_t i = 0; i < names.size(); ++i) parse_domain_rule(kLocalNames[i], names[i]);
        return names;
    }();
    return std::any_of(kFolded.begin(), kFolded.end(),
                       [&](const FoldedName& local) { return local.view() == name.view(); });
}

}  // namespace peek
