// SPDX-License-Identifier: BSD-2-Clause
// What the three formats of a summary share.
#pragma once

#include <vector>

#include "sink/summary_format.h"

namespace peek {

struct ShownSummary {
    std::vector<Summary::Group> groups;
    SummaryTotals left_out;
    size_t groups_left_out = 0;
};

std::string summary_table(const Summary& summary, const ShownSummary& shown);
std::string summary_json(const Summary& summary, const ShownSummary& shown);
std::string summary_csv(const Summary& summary, const ShownSummary& shown);

}  // namespace peek
