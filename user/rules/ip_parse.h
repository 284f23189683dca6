// SPDX-License-Identifier: BSD-2-Clause
// The text of an IP rule: "192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace peek {

// Both versions in IPv6 form: an IPv4 network a.b.c.d/n is ::ffff:a.b.c.d/(96 + n), which makes a
// rule written in the mapped form the IPv4 rule. Host bits are as written.
struct IpNetwork {
    std::array<uint8_t, 16> address{};
    uint8_t length = 128;

    bool is_v4() const;
};

std::optional<IpNetwork> parse_ip_rule(std::string_view text);
// Why parse_ip_rule() refused the text, and what to write instead.
std::string explain_bad_ip_rule(std::string_view text);

// True for an address without prefix length; a zone id (fe80::1%lo0) may follow it.
bool is_ip_address(std::string_view text);

}  // namespace peek
