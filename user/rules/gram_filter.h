// SPDX-License-Identifier: BSD-2-Clause
// GramFilter: tells of most short texts that no string of a set occurs in them, for less than it
// costs to start the string matcher. Of each string it knows the first few grams of four bytes, so
// that looking at every few places of a text is enough to meet one. Immutable once filled.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace peek {

class GramFilter {
  public:
    // For so many strings. Where one of fewer than four bytes is among them, nothing is told.
    GramFilter(size_t strings, size_t shortest);
    void add(std::string_view string);

    // False: no string begins at one of the first `places` places of `text`.
    bool may_hold(std::span<const uint8_t> text, size_t places) const;

  private:
    size_t step_ = 0;  // 0: knows nothing
    unsigned shift_ = 0;
    std::vector<uint64_t> words_;
};

}  // namespace peek
