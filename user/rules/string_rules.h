// SPDX-License-Identifier: BSD-2-Clause
// Byte strings searched in URLs or payloads, all at once (vectorscan).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "rules/byte_table.h"
#include "rules/gram_filter.h"
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

    // An occurrence of a rule in a text, and where it ends there.
    struct Occurrence {
        RuleId id;
        size_t end;
    };
    // Appends the occurrences in `text`, the first kMaxOccurrences that are met of them.
    static constexpr size_t kMaxOccurrences = 4096;
    void find(std::span<const uint8_t> text, Scratch& scratch,
              std::vector<Occurrence>& found) const;
    // Appends those that begin in `before` and end in `after`, which follows it. `end` counts from
    // the beginning of `after`. No more than context() bytes of either are looked at.
    void find_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                     Scratch& scratch, std::vector<Occurrence>& found) const;
    // The length of the longest rule less one: what a rule may have in front of a text.
    size_t context() const { return longest_ - 1; }
    size_t length(RuleId id) const { return strings_.key(id).size(); }

    uint64_t memory_bytes() const override;

  private:
    struct Database;
    struct Scan;
    struct Search;
    bool may_hold(std::span<const uint8_t> text, size_t places) const;
    void run(std::span<const uint8_t> text, Scratch::State& state,
             int (*on_match)(unsigned, unsigned long long, unsigned long long, unsigned, void*),
             void* context) const;

    StringRules(RuleList list, std::string file);
    Result<void> build_database();

    size_t longest_ = 1;
    size_t shortest_ = SIZE_MAX;
    ByteTable strings_;  // unescaped; a string's index is its RuleId
    std::optional<GramFilter> grams_;
    std::unique_ptr<Database> database_;
};

}  // namespace peek
