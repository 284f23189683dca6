// SPDX-License-Identifier: BSD-2-Clause
// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace peek {

// The name with the least edit distance from `word`; empty when more than a third of the word
// would have to change.
std::string nearest(std::string_view word, const std::vector<std::string>& names);

}  // namespace peek
