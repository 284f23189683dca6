// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_history.h"

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
    std::erase_if(sets_, [&](const Sets& sets) { return sets->generation == generation; });
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
    std::erase_if(sets_, [&](const Sets& sets) { return sets->generation < generation; });
}

}  // namespace peek
