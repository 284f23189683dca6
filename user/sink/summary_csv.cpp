// SPDX-License-Identifier: BSD-2-Clause
#include "sink/summary_shown.h"

namespace peek {

std::string csv_cell(std::string_view text) {
    std::string cell;
    // https://owasp.org/www-community/attacks/CSV_Injection
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        cell = '\'';
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string summary_csv(const Summary& summary, const ShownSummary& shown) {
    std::string text;
    for (const SummaryKey key : summary.keys()) text.append(summary_key_name(key)).append(",");
    text += "count,bytes,first,last\r\n";
    for (const Summary::Group& group : shown.groups) {
        for (const std::string& value : group.values) text += csv_cell(value) + ",";
        text += std::to_string(group.totals.count) + "," + std::to_string(group.totals.bytes) +
                "," + format_timestamp(group.totals.first) + "," +
                format_timestamp(group.totals.last) + "\r\n";
    }
    return text;
}

}  // namespace peek
