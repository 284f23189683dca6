// SPDX-License-Identifier: BSD-2-Clause
#include "app/nearest.h"

#include <algorithm>
#include <numeric>

namespace peek {

namespace {

// Levenshtein distance, by one row.
size_t distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (size_t i = 0; i < a.size(); i++) {
        size_t diagonal = row[0]++;
        for (size_t j = 0; j < b.size(); j++) {
            const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    const auto best = std::min_element(
        names.begin(), names.end(),
        [&](const auto& a, const auto& b) { return distance(word, a) < distance(word, b); });
    return best == names.end() || 3 * distance(word, *best) > word.size() ? "" : *best;
}

}  // namespace peek
