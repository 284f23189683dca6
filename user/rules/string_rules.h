// SPDX-License-Identifier: BSD-2-Clause
// Byte strings searched in URLs or payloads, all at once (vectorscan).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "rules/byte_table.h"
#include "rules/rule_set.h"

namespace peek {

class StringRules final : public RuleSet {
  public:
    static Result<std::shared_ptr<const StringRules>> compile(const RuleFile& file,
                                                              CompileReport& report);
    ~StringRules() override;

    // Working memory of one thread. It grows to fit the sets it is used with and may be used with
    // any of them, one call at a time.
    class Scratch {
      public:
        Scratch();
        ~Scratch();
        Scratch(Scratch&&) noexcept;
        Scratch& operator=(Scratch&&) noexcept;

      private:
        friend class StringRules;
        struct State;
        std::unique_ptr<State> state_;
    };

    // The rules that occur in any of `texts` (each searched on its own: a rule never spans two).
    RuleHit match(std::span<const std::span<const uint8_t>> texts, Scratch& scratch) const;
    // Appends the ids of the same rules, in any order, one perhaps twice.
    void collect(std::span<const std::span<const uint8_t>> texts, Scratch& scratch,
                 std::vector<RuleId>& ids) const;

    uint64_t memory_bytes() const override;

  private:
    struct Database;
    struct Scan;

    StringRules(RuleList list, std::string file);
    Result<void> build_database();

    ByteTable strings_;  // unescaped; a string's index is its RuleId
    std::unique_ptr<Database> database_;
};

}  // namespace peek
