// SPDX-License-Identifier: BSD-2-Clause
// EventCounters: how often each event of an enumeration was met, by name. The enumeration begins
// with kNone, which is not counted, and ends with kCount.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "detect/detector.h"

namespace peek {

template <typename Event>
class EventCounters {
  public:
    void count(Event event) { ++counts_[static_cast<size_t>(event)]; }

    std::vector<Counter> named(std::string_view (*name)(Event)) const {
        std::vector<Counter> counters;
        for (size_t i = 1; i < counts_.size(); ++i)
            counters.push_back({name(static_cast<Event>(i)), counts_[i]});
        return counters;
    }

  private:
    std::array<uint64_t, static_cast<size_t>(Event::kCount)> counts_{};
};

}  // namespace peek
