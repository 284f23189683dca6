// SPDX-License-Identifier: BSD-2-Clause
// The rules that captures are inspected by in bench/files, for peek-xdp and for Suricata.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture_writer.h"

namespace peek::bench {

inline constexpr uint32_t kServers = 104U << 24;  // clean servers are odd addresses of 104.0.0.0/8

struct Rules {
    std::vector<uint32_t> addresses;  // even: one in twenty shares a /8 with clean servers
    std::vector<std::string> networks;
    std::vector<std::string> domains;
    std::vector<std::string> urls;
    std::vector<std::string> signatures;
};

Rules make_rules(Random& random);
void write_peek_rules(const std::string& dir, const Rules& rules);
// The first digit of a rule's number is its family.
void write_suricata_rules(const std::string& dir, const Rules& rules);

}  // namespace peek::bench
