// SPDX-License-Identifier: BSD-2-Clause
#include <fmt/format.h>

#include "sink/escape.h"
#include "sink/summary_shown.h"
#include "sink/text_table.h"

namespace peek {

namespace {

std::string short_time(Timestamp time) {
    return format_timestamp(time).substr(0, 19) + "Z";
}

std::string counted(uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string records_text(const SummaryTotals& totals) {
    return counted(totals.count, "record") + ", " + counted(totals.bytes, "byte");
}

}  // namespace

std::string summary_table(const Summary& summary, const ShownSummary& shown) {
    std::vector<TextTable::Column> columns;
    for (const SummaryKey key : summary.keys())
        columns.push_back({std::string(summary_key_name(key)), is_number(key)});
    columns.insert(columns.end(), {{"count", true}, {"bytes", true}, {"first"}, {"last"}});
    TextTable table(std::move(columns));
    for (const Summary::Group& group : shown.groups) {
        std::vector<std::string> cells;
        for (const std::string& value : group.values)
            cells.push_back(value.empty() ? "-" : escape_terminal(value));
        cells.push_back(std::to_string(group.totals.count));
        cells.push_back(std::to_string(group.totals.bytes));
        cells.push_back(short_time(group.totals.first));
        cells.push_back(short_time(group.totals.last));
        table.add(std::move(cells));
    }
    std::string text = table.text();
    if (shown.groups_left_out != 0)
        text += fmt::format("left out: {}, {}\n", counted(shown.groups_left_out, "group"),
                            records_text(shown.left_out));
    if (summary.other().count != 0)
        text += fmt::format("beyond the bound on groups: {}\n", records_text(summary.other()));
    text += fmt::format("total: {}, {}\n", counted(summary.size(), "group"),
                        records_text(summary.total()));
    if (!summary.complete()) text += "not complete: the input was not read whole\n";
    return text;
}

}  // namespace peek
