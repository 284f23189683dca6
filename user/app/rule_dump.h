// SPDX-License-Identifier: BSD-2-Clause
// RuleDump: the rules as loaded, in file order, piece by piece: a million of them need not be in
// memory as text.
#pragma once

#include <optional>
#include <string>

#include "app/rule_history.h"

namespace peek {

class RuleDump {
  public:
    // Of one list, or of all; a line a rule: "FILE:LINE: RULE", bytes that could steer a terminal
    // escaped, or with `json` an object with family, file, line and rule.
    RuleDump(RuleHistory::Sets sets, std::optional<RuleList> only, bool json);

    // Appends the next piece. False when there was nothing left.
    bool next(std::string& out);

  private:
    void append(const RuleSet& set, RuleId id, std::string& out) const;

    RuleHistory::Sets sets_;
    bool json_;
    size_t list_;  // the next rule to print: in kAllRuleLists,
    size_t last_;  // up to this one,
    RuleId rule_ = 0;
};

}  // namespace peek
