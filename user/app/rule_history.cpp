// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_history.h"

#include <algorithm>
#include <iterator>

namespace peek {

RuleHistory::Sets RuleHistory::current() const {
    const std::lock_guard lock(mutex_);
    return sets_.back();
}

RuleHistory::Sets RuleHistory::get(uint32_t generation) const {
    const std::lock_guard lock(mutex_);
    for (const Sets& sets : sets_)
        if (sets->generation == generation) return sets;
    return sets_.back();
}

void RuleHistory::add(Sets sets) {
    const std::lock_guard lock(mutex_);
    sets_.push_back(std::move(sets));
}

void RuleHistory::take_back(uint32_t generation) {
    const std::lock_guard lock(mutex_);
    if (sets_.size() == 1 || sets_.back()->generation != generation) return;
    dropped_.push_back(std::move(sets_.back()));
    sets_.pop_back();
}

void RuleHistory::retire_before(uint32_t generation) {
    const std::lock_guard lock(mutex_);
    retired_before_ = generation;
}

uint32_t RuleHistory::retired_before() const {
    const std::lock_guard lock(mutex_);
    return retired_before_;
}

void RuleHistory::drop_before(uint32_t generation) {
    const std::lock_guard lock(mutex_);
    const auto kept = std::find_if(sets_.begin(), sets_.end() - 1, [&](const Sets& sets) {
        return sets->generation >= generation;
    });
    dropped_.insert(dropped_.end(), sets_.begin(), kept);
    sets_.erase(sets_.begin(), kept);
}

bool RuleHistory::free_dropped() {
    std::vector<Sets> unused;  // destroyed after the lock is given back
    const std::lock_guard lock(mutex_);
    const auto in_use = std::partition(dropped_.begin(), dropped_.end(),
                                       [](const Sets& sets) { return sets.use_count() > 1; });
    std::move(in_use, dropped_.end(), std::back_inserter(unused));
    dropped_.erase(in_use, dropped_.end());
    return sets_.size() == 1 && dropped_.empty();
}

}  // namespace peek
