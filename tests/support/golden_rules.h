// SPDX-License-Identifier: BSD-2-Clause
// What the golden captures are inspected with. The target defines PEEK_GOLDEN_DIR, tests/golden.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "rules/rule_set.h"

namespace peek::test {

inline std::filesystem::path golden_dir() {
    return PEEK_GOLDEN_DIR;
}

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in) << path;
    return {std::istreambuf_iterator<char>(in), {}};
}

// All lists of tests/golden/rules, and scans by the default thresholds.
inline RuleSets golden_rules() {
    RuleSets sets;
    sets.generation = 7;
    sets.scan = ScanRule{};
    CompileReport report;
    for (const auto& [list, name] :
         {std::pair{RuleList::kIp, "ips.cfg"}, std::pair{RuleList::kDomain, "domains.cfg"},
          std::pair{RuleList::kUrl, "urls.cfg"}, std::pair{RuleList::kSignature, "signatures.cfg"}})
        EXPECT_TRUE(
            compile_rules({list, name, contents(golden_dir() / "rules" / name)}, sets, report));
    return sets;
}

}  // namespace peek::test
