// SPDX-License-Identifier: BSD-2-Clause
// Reads a summary that `--summary --summary-format json` wrote (form: sink/summary_format.h), whole
// or not at all.
#pragma once

#include <optional>
#include <string>

#include "alert/summary.h"

namespace peek {

// Adds what the file holds to `sum`, which the first file makes. "-" is standard input. Errors, as
// "FILE:LINE: …": not JSON, not a summary, a value that no summary has, a group twice, a total that
// is not that of the groups, other groupings than before; groups cut off by --top, since then
// nothing exact can come of merging. `sum` is not changed by a file with an error.
Result<void> merge_summary(const std::string& file, std::optional<Summary>& sum);

// The same of a text; `name` is what errors call it.
Result<void> merge_summary_text(const std::string& name, const std::string& text,
                                std::optional<Summary>& sum);

}  // namespace peek
