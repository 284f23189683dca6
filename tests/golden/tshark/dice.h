// SPDX-License-Identifier: BSD-2-Clause
// Chance that is the same each time.
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace peek::test {

// The same numbers everywhere, which std's distributions do not promise.
class Dice {
  public:
    explicit Dice(uint64_t seed) : engine_(seed) {}
    uint32_t below(size_t bound) { return static_cast<uint32_t>(engine_() % bound); }
    bool one_in(uint32_t n) { return below(n) == 0; }
    template <typename T>
    const T& of(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }
    std::string word(uint32_t size) {
        std::string text(size, 'a');
        for (char& c : text) c = static_cast<char>('a' + below(26));
        return text;
    }
    // Up to n numbers from 1 to bound - 1, ascending.
    std::vector<size_t> places(uint32_t n, size_t bound) {
        std::set<size_t> places;
        while (n-- > 0) places.insert(1 + below(bound - 1));
        return {places.begin(), places.end()};
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace peek::test
