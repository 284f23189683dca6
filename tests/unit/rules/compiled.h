// SPDX-License-Identifier: BSD-2-Clause
// What one rule file compiled to, and what was said about it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/domain_rules.h"
#include "rules/ip_rules.h"
#include "rules/rule_set.h"
#include "rules/string_rules.h"

namespace peek {

using Lines = std::vector<std::string>;

struct Compiled {
    RuleSets sets;
    CompileReport report;
    bool ok = false;
    Error error;

    const RuleSet& rules(Family family) const { return *sets.set(family); }
    // Each rule as "LINE text".
    Lines listing(Family family) const {
        Lines lines;
        const RuleSet* set = sets.set(family);
        if (set == nullptr) return lines;
        for (RuleId id = 0; id < set->size(); ++id) {
            lines.push_back(std::to_string(set->line(id)) + ' ' + std::string(set->text(id)));
        }
        return lines;
    }
};

inline Compiled compile_file(Family family, std::string bytes) {
    Compiled compiled;
    Result<void> result = compile_rules({rule_list(family), "rules.cfg", std::move(bytes)},
                                        compiled.sets, compiled.report);
    compiled.ok = static_cast<bool>(result);
    if (!result) compiled.error = result.error();
    return compiled;
}

// What is said about a file that must not load.
inline std::string refusal(Family family, std::string bytes) {
    Compiled compiled = compile_file(family, std::move(bytes));
    EXPECT_FALSE(compiled.ok);
    EXPECT_EQ(compiled.error.kind, ErrorKind::kUsage);
    EXPECT_EQ(compiled.sets.families(), 0U);
    return compiled.error.text;
}

// The warnings of a file that must load.
inline Lines warnings(Family family, std::string bytes) {
    Compiled compiled = compile_file(family, std::move(bytes));
    EXPECT_TRUE(compiled.ok) << compiled.error.text;
    return compiled.report.warnings;
}

// What a search found.
struct RuleHit {
    RuleId first = kNoRule;
    uint32_t distinct = 0;  // of the rules
    void add(RuleId id) {
        first = std::min(first, id);
        ++distinct;
    }
};

inline RuleHit hit_of(std::vector<RuleId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    RuleHit hit;
    for (const RuleId id : ids) hit.add(id);
    return hit;
}

inline RuleHit match(const IpRules& rules, const IpAddress& src, const IpAddress& dst) {
    std::vector<RuleId> ids;
    rules.collect(src, dst, ids);
    return hit_of(std::move(ids));
}

inline RuleHit match(const DomainRules& rules, std::string_view wire_name) {
    std::vector<RuleId> ids;
    rules.collect(wire_name, ids);
    return hit_of(std::move(ids));
}

// "first/distinct" of a hit, "-" of none: rows of tables stay short.
inline std::string to_text(const RuleHit& hit) {
    if (hit.distinct == 0) return "-";
    return std::to_string(hit.first) + '/' + std::to_string(hit.distinct);
}

}  // namespace peek
