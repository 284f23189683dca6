// SPDX-License-Identifier: BSD-2-Clause
#include "sink/summary_format.h"

#include "sink/summary_shown.h"

namespace peek {

namespace {

ShownSummary shown_of(const Summary& summary, const SummaryLook& look) {
    ShownSummary shown{summary.sorted(look.order), {}, 0};
    if (look.top == 0 || shown.groups.size() <= look.top) return shown;
    for (size_t i = look.top; i < shown.groups.size(); ++i)
        shown.left_out.add(shown.groups[i].totals);  // fits, as their total did
    shown.groups_left_out = shown.groups.size() - look.top;
    shown.groups.resize(look.top);
    return shown;
}

}  // namespace

std::string format_summary(const Summary& summary, const SummaryLook& look) {
    const ShownSummary shown = shown_of(summary, look);
    switch (look.format) {
        case SummaryFormat::kTable:
            return summary_table(summary, shown);
        case SummaryFormat::kJson:
            return summary_json(summary, shown);
        case SummaryFormat::kCsv:
            return summary_csv(summary, shown);
    }
    return {};
}

}  // namespace peek
