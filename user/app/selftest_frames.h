// SPDX-License-Identifier: BSD-2-Clause
// The frames of the self-test, and the rules that they break.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/rule_set.h"
#include "util/family.h"

namespace peek {

using FrameBytes = std::vector<uint8_t>;

// One kind of bad traffic. Its frames on one hook break one rule and give one record.
struct BadTraffic {
    std::string_view name;
    Family family;
    uint8_t ip_version;
    std::vector<FrameBytes> frames;
};

// Another set of frames for each hook: a scan is counted once, whichever hook sees it.
std::vector<BadTraffic> bad_traffic(Hook hook);

struct SelftestRules {
    RuleList list;
    std::string_view text;
};
std::span<const SelftestRules> selftest_rules();

}  // namespace peek
