// SPDX-License-Identifier: BSD-2-Clause
#include "rules/ip_parse.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include "rules/rule_reader.h"

namespace peek {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::string_view kDigitsAndDots = "0123456789.";

struct ParsedAddress {
    std::array<uint8_t, 16> bytes{};
    unsigned bits = 0;  // 32 or 128: how the address was written
};

// Four numbers as inet_pton(3) has them: no leading zeros, nothing behind. In place, because lists
// have them by the million: that one wants a copy with a zero byte, and measures it again.
bool parse_v4(std::string_view text, std::span<uint8_t, 4> bytes) {
    size_t at = 0;
    for (uint8_t& byte : bytes) {
        if (at > 0 && (at == text.size() || text[at++] != '.')) return false;
        const size_t begin = at;
        unsigned value = 0;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9' && value <= UINT8_MAX)
            value = value * 10 + static_cast<unsigned>(text[at++] - '0');
        if (at == begin || value > UINT8_MAX || (text[begin] == '0' && at - begin > 1))
            return false;
        byte = static_cast<uint8_t>(value);
    }
    return at == text.size();
}

std::optional<ParsedAddress> parse_address(std::string_view text) {
    ParsedAddress parsed;
    if (parse_v4(text, std::span(parsed.bytes).last<4>())) {
        std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), parsed.bytes.begin());
        parsed.bits = 32;
        return parsed;
    }
    char buffer[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof buffer) return std::nullopt;
    // inet_pton() stops at a zero byte, and would take what stands before it.
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    if (inet_pton(AF_INET6, buffer, parsed.bytes.data()) != 1) return std::nullopt;
    parsed.bits = 128;
    return parsed;
}

std::optional<unsigned> parse_length(std::string_view text, unsigned max) {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

bool has_leading_zero(std::string_view text) {
    if (text.find_first_not_of(kDigitsAndDots) != std::string_view::npos) return false;
    for (size_t i = 0; i + 1 < text.size(); ++i) {
        const bool starts_number = i == 0 || text[i - 1] == '.';
        if (starts_number && text[i] == '0' && text[i + 1] != '.') return true;
    }
    return false;
}

bool is_range(std::string_view text) {
    const size_t dash = text.find('-');
    return dash != std::string_view::npos && parse_address(text.substr(0, dash));
}

}  // namespace

bool IpNetwork::is_v4() const {
    return length >= 96 && std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin());
}

std::optional<IpNetwork> parse_ip_rule(std::string_view text) {
    const size_t slash = text.find('/');
    const std::optional<ParsedAddress> address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    unsigned length = address->bits;
    if (slash != std::string_view::npos) {
        const std::optional<unsigned> given = parse_length(text.substr(slash + 1), length);
        if (!given) return std::nullopt;
        length = *given;
    }
    return IpNetwork{address->bytes, static_cast<uint8_t>(128 - address->bits + length)};
}

std::string explain_bad_ip_rule(std::string_view text) {
    const std::string_view address = text.substr(0, text.find('/'));
    const std::string shown = quoted(text);
    if (is_range(text)) return shown + " is a range; write it as networks, such as 192.0.2.0/24";
    if (address.find('%') != std::string_view::npos) {
        return shown + " has a zone id; write the address without it";
    }
    if (has_leading_zero(address)) {
        return shown + " has a leading zero, which some programs read as octal; leave it out";
    }
    if (const auto parsed = parse_address(address)) {
        return shown + ": the prefix length must be a number from 0 to " +
               std::to_string(parsed->bits) + " without leading zeros";
    }
    return shown +
           " is no address or network; write 192.0.2.1, 192.0.2.0/24, 2001:db8::1 or 2001:db8::/32";
}

bool is_ip_address(std::string_view text) {
    // Most names end here: an IPv6 address has a colon, an IPv4 address only digits and dots.
    if (text.find(':') == std::string_view::npos) {
        const auto is_of_v4 = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
        if (!std::all_of(text.begin(), text.end(), is_of_v4)) return false;
    } else {
        text = text.substr(0, text.find('%'));
    }
    return parse_address(text).has_value();
}

}  // namespace peek
