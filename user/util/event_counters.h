// SPDX-License-Identifier: BSD-2-Clause
// EventCounters: how often each event of an enumeration was met, by name. The enumeration begins
// with kNone, which is not counted, and ends with kCount; is_blind(Event) stands beside it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace peek {

struct Counter {
    std::string_view name;  // static storage
    uint64_t value;
    bool blind = false;  // what was met may have gone unseen: silence then does not mean "clean"
};

template <typename Event>
class EventCounters {
  public:
    void count(Event event) { ++counts_[static_cast<size_t>(event)]; }
    uint64_t operator[](Event event) const { return counts_[static_cast<size_t>(event)]; }
    void add(const EventCounters& other) {
        for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }
    void append_to(std::vector<Counter>& all, std::string_view (*name)(Event)) const {
        for (size_t i = 1; i < counts_.size(); ++i) {
            const auto event = static_cast<Event>(i);
            all.push_back({name(event), counts_[i], is_blind(event)});
        }
    }

  private:
    std::array<uint64_t, static_cast<size_t>(Event::kCount)> counts_{};
};

}  // namespace peek
