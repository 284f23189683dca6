// SPDX-License-Identifier: BSD-2-Clause
// Summary: split-apply-combine over records. Records are split into groups by the values of some
// keys; each group is told by count, bytes, and first and last time; summaries of several runs
// combine to the one that a single run over everything would have made, exactly: counts and bytes
// add up, times are kept to the microsecond that is written.
//
// Memory is bounded by a number of groups. Records of further groups are counted as one, `other`,
// so that totals stay exact; a summary with `other` merges exactly in its totals only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alert/record.h"
#include "alert/summary_key.h"
#include "util/result.h"
#include "util/time.h"

namespace peek {

struct SummaryTotals {
    uint64_t count = 0;  // records
    uint64_t bytes = 0;  // of their packets on the wire; one with two records counts twice
    Timestamp first{};   // packet times, in whole microseconds; meaningless while count is 0
    Timestamp last{};

    // False, with nothing changed, when a sum does not fit 64 bits.
    bool add(const SummaryTotals& more);
    bool operator==(const SummaryTotals&) const = default;
};

// What a group is sorted by: a figure, or one of the keys that it is grouped by.
struct SummaryOrder {
    enum class By : uint8_t {
        kCount,
        kBytes,
        kFirst,
        kLast,
        kKey
    };
    By by = By::kCount;
    SummaryKey key = SummaryKey::kType;  // with kKey
    bool descending = true;
};
// "KEY", "KEY:asc" or "KEY:desc". Alone, count and bytes are descending, all others ascending.
Result<SummaryOrder> summary_order_of(std::string_view text);

// One thread.
class Summary {
  public:
    using Values = std::vector<std::string>;  // of the keys, in their order
    struct Group {
        Values values;
        SummaryTotals totals;
    };
    static constexpr size_t kDefaultMaxGroups = 1'000'000;

    explicit Summary(std::vector<SummaryKey> keys, size_t max_groups = kDefaultMaxGroups);

    void add(const Record& record);
    // False: a sum does not fit 64 bits. Bounded like add().
    bool add(const Values& values, const SummaryTotals& totals);
    bool add_other(const SummaryTotals& totals);
    // Not all that was to be summarized is in here: interrupted, or an input not read whole.
    void set_incomplete() { complete_ = false; }

    const std::vector<SummaryKey>& keys() const { return keys_; }
    bool complete() const { return complete_; }
    size_t size() const { return groups_.size(); }
    const SummaryTotals& other() const { return other_; }
    SummaryTotals total() const { return total_; }

    // Sorted; equal ones by their values, so that the order is always the same.
    std::vector<Group> sorted(const SummaryOrder& order) const;

  private:
    std::vector<SummaryKey> keys_;
    size_t max_groups_;
    bool complete_ = true;
    std::map<Values, SummaryTotals> groups_;  // a tree: no hash for senders to aim at
    SummaryTotals other_;
    SummaryTotals total_;
};

}  // namespace peek
