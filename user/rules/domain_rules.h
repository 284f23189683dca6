// SPDX-License-Identifier: BSD-2-Clause
// The domain blacklist: a rule matches its name and every name under it, on label boundaries.
#pragma once

#include <string_view>
#include <vector>

#include "rules/byte_table.h"
#include "rules/rule_set.h"

namespace peek {

class DomainRules final : public RuleSet {
  public:
    static Result<std::shared_ptr<const DomainRules>> compile(const RuleFile& file,
                                                              CompileReport& report);

    // Appends the ids of the rules that are `wire_name` or one of its suffixes, in any order, each
    // once. It is in the wire form of RFC 1035 §3.1 without compression: a length byte before each
    // label, ended by the root's zero byte; at most 255 bytes.
    void collect(std::string_view wire_name, std::vector<RuleId>& ids) const;

    uint64_t memory_bytes() const override;

  private:
    using RuleSet::RuleSet;

    template <typename Visit>
    void for_each_match(std::string_view wire_name, Visit visit) const;

    // Folded names in wire form without the root's byte; a name's index is its RuleId.
    ByteTable names_;
};

}  // namespace peek
