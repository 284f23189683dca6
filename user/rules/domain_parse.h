// SPDX-License-Identifier: BSD-2-Clause
// The text of a domain rule: "example.com", "example.com.", "*.example.com", ".example.com".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace peek {

inline constexpr size_t kMaxLabelBytes = 63;  // RFC 1035 §2.3.4
inline constexpr size_t kMaxNameBytes = 253;  // as text, without the trailing dot
inline constexpr size_t kMaxWireNameBytes = 255;

// A name in wire form (RFC 1035 §3.1), ASCII letters in lower case, without the root's zero byte.
class FoldedName {
  public:
    std::string_view view() const { return {bytes_.data(), size_}; }
    // Takes labels with a dot between each two. False, and the name is then undefined, when DNS or
    // a rule file allows no such name.
    bool assign(std::string_view text);

  private:
    std::array<char, kMaxWireNameBytes> bytes_;
    size_t size_ = 0;
};

char fold(char c);

// Fills `name`. Returns an empty string, or what is wrong and what to write instead.
std::string parse_domain_rule(std::string_view text, FoldedName& name);

// True when every character is one that host names have: letters, digits, hyphen, underscore.
bool looks_like_host_name(const FoldedName& name);
// "localhost" and the other names that every hosts file maps.
bool is_local_name(const FoldedName& name);

}  // namespace peek
