// SPDX-License-Identifier: BSD-2-Clause
// RuleHistory: the rule sets of a running monitor by generation. A packet is inspected with the
// sets that the kernel judged it by; old ones go once no ring can hold a packet of theirs.
// Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "rules/rule_set.h"

namespace peek {

class RuleHistory {
  public:
    using Sets = std::shared_ptr<const RuleSets>;

    explicit RuleHistory(Sets first) : sets_{std::move(first)} {}

    // The newest sets: what the next update builds on.
    Sets current() const;
    // The sets of a generation. The kernel only stamps generations that were added before.
    Sets get(uint32_t generation) const;

    // Known from now on, before the kernel is told of them.
    void add(Sets sets);
    // The kernel did not take the newest.
    void take_back(uint32_t generation);
    // The kernel has stopped judging by anything older.
    void retire_before(uint32_t generation);

    // For the consumer: take the mark, note how far the rings are written, and once all of that was
    // given back drop what was retired at the mark. Sets that are dropped are only put aside:
    // destroying a million rules takes long.
    uint32_t retired_before() const;
    void drop_before(uint32_t generation);

    // For the thread that may wait: destroys the sets that were put aside and that nobody uses any
    // more. True when no old set is left.
    bool free_dropped();

  private:
    mutable std::mutex mutex_;
    std::vector<Sets> sets_;     // ascending generation, never empty
    std::vector<Sets> dropped_;  // nobody can get one of these any more
    uint32_t retired_before_ = 0;
};

}  // namespace peek
