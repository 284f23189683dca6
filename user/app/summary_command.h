// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "alert/summary.h"
#include "app/options.h"

namespace peek {

// To standard output, at once. Fails when it cannot be written.
Result<void> print_summary(const Summary& summary, const SummaryLook& look);

// Prints what the files hold together. Returns the exit status; with any error nothing is printed.
int run_summary_merge(const std::vector<std::string>& files, const SummaryLook& look);

}  // namespace peek
