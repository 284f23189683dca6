// SPDX-License-Identifier: BSD-2-Clause
// Byte strings searched in URLs or payloads, all at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "rules/byte_table.h"
#include "rules/rule_set.h"
#include "rules/string_index.h"

namespace peek {

class StringRules final : public RuleSet {
  public:
    static Result<std::shared_ptr<const StringRules>> compile(const RuleFile& file,
                                                              CompileReport& report);

    // Working memory of one thread. It may be used with any of the sets, one call at a time.
    class Scratch {
        friend class StringRules;
        // Begins a call with a set of so many rules.
        void begin(uint32_t rules);
        // Whether the rule was not met in this call before.
        bool mark(RuleId id) { return std::exchange(marks_[id], call_) != call_; }

        std::vector<uint32_t> marks_;  // a rule was met when its mark is `call_`
        uint32_t call_ = 0;
        std::vector<uint8_t> joined_;  // what stands around a border
    };

    // The index refers to the strings.
    StringRules(const StringRules&) = delete;
    StringRules& operator=(const StringRules&) = delete;

    // Appends the ids of the rules that occur in `text`, each once, in any order.
    void collect(std::span<const uint8_t> text, Scratch& scratch, std::vector<RuleId>& ids) const;
    // The same of those that begin in `before` and end in `after`, which follows it. No more than
    // context() bytes of either are looked at.
    void collect_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                        Scratch& scratch, std::vector<RuleId>& ids) const;

    // An occurrence of a rule in a text, and where it ends there.
    struct Occurrence {
        RuleId id;
        size_t end;
    };
    // Appends the occurrences in `text`, the first kMaxOccurrences that are met of them.
    static constexpr size_t kMaxOccurrences = 4096;
    void find(std::span<const uint8_t> text, std::vector<Occurrence>& found) const;
    // As collect_across() and find() do. `end` counts from the beginning of `after`.
    void find_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                     Scratch& scratch, std::vector<Occurrence>& found) const;
    // The length of the longest rule less one: what a rule may have in front of a text.
    size_t context() const { return longest_ - 1; }
    size_t length(RuleId id) const { return strings_.key(id).size(); }

    uint64_t memory_bytes() const override;

  private:
    StringRules(RuleList list, std::string file) : RuleSet(list, std::move(file)) {}
    // Calls visit(id, end) for each occurrence that begins in `before` and ends in `after`, until
    // it returns false.
    template <typename Visit>
    void visit_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                      Scratch& scratch, Visit visit) const;

    size_t longest_ = 1;
    ByteTable strings_;  // unescaped; a string's index is its RuleId
    std::optional<StringIndex> index_;
};

}  // namespace peek
