// SPDX-License-Identifier: BSD-2-Clause
// `status --watch`: asks a monitor again and again and shows its answer like top does, or, where
// standard output is no terminal, one behind the other.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "util/result.h"

namespace peek {

// Shows what `ask` gives, every `interval`, until SIGINT, SIGTERM, or its error. Leaves the
// terminal as it was.
Result<void> watch(const std::function<Result<std::string>()>& ask,
                   std::chrono::milliseconds interval);

}  // namespace peek
