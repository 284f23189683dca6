// SPDX-License-Identifier: BSD-2-Clause
#include "rules/rule_reader.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace peek {

namespace {

constexpr std::string_view kUtf8Bom = "\xef\xbb\xbf";

bool is_utf16(std::string_view bytes) {
    return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

void append_hex(std::string& out, uint8_t byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
}

std::string counted(const Tally& tally, std::string_view noun) {
    std::string text = std::to_string(tally.count) + ' ' + std::string(noun);
    text += tally.count == 1 ? " (line " : "s (the first on line ";
    return text + std::to_string(tally.first_line) + ')';
}

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
    return text;
}

std::string quoted(std::string_view text) {
    constexpr size_t kShown = 60;
    std::string out = "\"";
    for (const char c : text.substr(0, kShown)) {
        if (c >= 0x20 && c <= 0x7e) {
            out += c;
        } else {
            out += "\\x";
            append_hex(out, static_cast<uint8_t>(c));
        }
    }
    return out += text.size() > kShown ? "…\"" : "\"";
}

size_t count_lines(std::string_view bytes) {
    return static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1;
}

std::string sha256_hex(std::string_view bytes) {
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) append_hex(hex, digest[i]);
    return hex;
}

RuleReader::RuleReader(const RuleFile& file, CompileReport& report)
    : file_(file), report_(report), rest_(file.bytes) {
    report_.bad_lines.clear();
    report_.bad_total = 0;
    if (rest_.starts_with(kUtf8Bom)) rest_.remove_prefix(kUtf8Bom.size());
    if (!is_utf16(rest_)) return;
    number_ = 1;
    bad("the file is UTF-16; save it as UTF-8 (a string that begins with these bytes: \\xff\\xfe)");
    rest_ = {};
}

bool RuleReader::next() {
    while (!rest_.empty()) {
        ++number_;
        const size_t end = rest_.find('\n');
        line_ = rest_.substr(0, end);
        rest_.remove_prefix(std::min(rest_.size(), line_.size() + 1));
        if (end != std::string_view::npos && line_.ends_with('\r')) line_.remove_suffix(1);
        if (line_.size() > kMaxRuleLineBytes) {
            bad("the line has " + std::to_string(line_.size()) + " bytes; at most " +
                std::to_string(kMaxRuleLineBytes) + " are allowed");
        } else if (!line_.starts_with('#') && !std::all_of(line_.begin(), line_.end(), is_white)) {
            return true;
        }
    }
    return false;
}

std::string_view RuleReader::trimmed_line() {
    const std::string_view text = trim(line_);
    if (text.find('\r') == std::string_view::npos) return text;
    bad("a carriage return inside the line; end lines with LF or CRLF");
    return {};
}

void RuleReader::bad(std::string reason) {
    if (report_.bad_total++ < CompileReport::kMaxBadLines) {
        report_.bad_lines.push_back({number_, std::move(reason)});
    }
}

bool RuleReader::admit_rule() {
    if (++rules_ <= kMaxRules) return true;
    bad("more than " + std::to_string(kMaxRules) + " rules; split the file");
    rest_ = {};
    return false;
}

void RuleReader::warn(const Tally& tally, std::string_view text, std::string_view noun) {
    if (tally.count == 0) return;
    std::string sentence = file_.name + ": " + std::string(text);
    sentence.replace(sentence.find('%', file_.name.size()), 1, counted(tally, noun));
    report_.warnings.push_back(std::move(sentence));
}

Result<void> RuleReader::finish() {
    if (report_.bad_total == 0) {
        if (rules_ == 0) {
            report_.warnings.push_back(file_.name + ": no rules in it; with it " +
                                       std::string(effect_of_no_rules(file_.list)) + '.');
        }
        return {};
    }
    std::string text;
    for (const BadLine& bad : report_.bad_lines) {
        if (!text.empty()) text += '\n';
        text += file_.name + ':' + std::to_string(bad.line) + ": " + bad.reason;
    }
    if (report_.bad_total > report_.bad_lines.size()) {
        text += '\n' + file_.name + ": " + std::to_string(report_.bad_total) +
                " bad lines in all, of which the first " +
                std::to_string(report_.bad_lines.size()) + " are shown";
    }
    return usage_error(std::move(text));
}

}  // namespace peek
