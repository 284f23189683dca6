// SPDX-License-Identifier: BSD-2-Clause
#include "sink/json_writer.h"
#include "sink/summary_shown.h"

namespace peek {

namespace {

void add_totals(JsonObject& object, const SummaryTotals& totals) {
    object.number("count", totals.count);
    object.number("bytes", totals.bytes);
    if (totals.count == 0) return;
    object.text("first", format_timestamp(totals.first));
    object.text("last", format_timestamp(totals.last));
}

void add_totals(JsonObject& object, std::string_view name, const SummaryTotals& totals) {
    JsonObject inner = object.object(name);
    add_totals(inner, totals);
}

void add_value(JsonObject& object, SummaryKey key, const std::string& value) {
    if (value.empty())
        object.raw(summary_key_name(key), "null");
    else if (is_number(key))
        object.raw(summary_key_name(key), value);
    else
        object.text(summary_key_name(key), value);
}

std::string group_json(const std::vector<SummaryKey>& keys, const Summary::Group& group) {
    std::string text;
    {
        JsonObject object(text);
        for (size_t i = 0; i < keys.size(); ++i) add_value(object, keys[i], group.values[i]);
        add_totals(object, group.totals);
    }
    return text;
}

}  // namespace

std::string summary_json(const Summary& summary, const ShownSummary& shown) {
    std::string text;
    {
        JsonObject head(text);
        head.number("peek_summary", 1);
        head.raw("complete", summary.complete() ? "true" : "false");
        {
            JsonArray keys = head.array("group_by");
            for (const SummaryKey key : summary.keys()) keys.text(summary_key_name(key));
        }
        add_totals(head, "total", summary.total());
        if (summary.other().count != 0) add_totals(head, "other", summary.other());
        if (shown.groups_left_out != 0) {
            JsonObject left_out = head.object("left_out");
            left_out.number("groups", shown.groups_left_out);
            add_totals(left_out, shown.left_out);
        }
        std::string groups = "[";
        for (const Summary::Group& group : shown.groups)
            groups += (groups.size() == 1 ? "\n" : ",\n") + group_json(summary.keys(), group);
        head.raw("groups", groups + "\n]");
    }
    return text + '\n';
}

}  // namespace peek
