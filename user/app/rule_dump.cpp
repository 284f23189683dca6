// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_dump.h"

#include <fmt/format.h>

#include "sink/escape.h"

namespace peek {

namespace {

constexpr size_t kPieceBytes = 65'536;

}  // namespace

RuleDump::RuleDump(RuleHistory::Sets sets, std::optional<RuleList> only, bool json)
    : sets_(std::move(sets)),
      json_(json),
      list_(only ? static_cast<size_t>(*only) : 0),
      last_(only ? static_cast<size_t>(*only) : kRuleListCount - 1) {}

bool RuleDump::next(std::string& out) {
    const size_t start = out.size();
    while (list_ <= last_ && out.size() - start < kPieceBytes) {
        const RuleSet* set = sets_->set(kAllRuleLists[list_]);
        if (set != nullptr && rule_ < set->size()) {
            append(*set, rule_++, out);
        } else {
            ++list_;
            rule_ = 0;
        }
    }
    return out.size() != start;
}

void RuleDump::append(const RuleSet& set, RuleId id, std::string& out) const {
    if (!json_) {
        out += fmt::format("{}:{}: {}\n", escape_terminal(set.file()), set.line(id),
                           escape_terminal(set.text(id)));
        return;
    }
    out += fmt::format(R"({{"family":"{}","file":)", rule_list_name(set.list()));
    append_json_string(out, set.file());
    out += fmt::format(R"(,"line":{},"rule":)", set.line(id));
    append_json_string(out, set.text(id));
    out += "}\n";
}

}  // namespace peek
