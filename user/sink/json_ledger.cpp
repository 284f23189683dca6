// SPDX-License-Identifier: BSD-2-Clause
#include "sink/json_format.h"
#include "sink/json_writer.h"

namespace peek {
namespace {

template <size_t N>
void add_reasons(JsonObject& entry, std::string_view name, const std::array<uint64_t, N>& counts,
                 std::string_view (*reason_name)(size_t)) {
    JsonObject reasons = entry.object(name);
    for (size_t i = 0; i < N; ++i) reasons.number(reason_name(i), counts[i]);
}

void add_set(JsonArray& sets, const LoadedSet& loaded) {
    JsonObject set = sets.object();
    set.text("family", rule_list_name(loaded.list));
    set.text("file", loaded.file);
    set.text("sha256", loaded.sha256);
    set.number("entries", loaded.entries);
}

void add_entry(JsonArray& entries, const LedgerEntry& counted) {
    JsonObject entry = entries.object();
    entry.text("interface", counted.interface);
    entry.text("direction", hook_name(counted.hook));
    entry.number("seen", counted.seen);
    entry.number("passed_clean", counted.passed_clean);
    entry.number("candidates", counted.candidates);
    add_reasons(entry, "candidates_by_reason", counted.candidates_by_reason, candidate_reason_name);
    entry.number("delivered", counted.delivered);
    add_reasons(entry, "lost", counted.lost, lost_name);
    add_reasons(entry, "undecided", counted.undecided, undecided_name);
    add_reasons(entry, "blind", counted.blind, blind_name);
    add_reasons(entry, "unattributed", counted.unattributed, loss_type_name);
    entry.number("ignored", counted.ignored);
}

}  // namespace

std::string format_json(const Ledger& ledger, Timestamp now) {
    std::string line;
    {
        JsonObject event(line);
        event.text("timestamp", format_timestamp(now));
        event.text("event_type", "ledger");
        if (!ledger.sensor.empty()) event.text("host", ledger.sensor);
        event.text("moment", moment_name(ledger.moment));
        event.number("generation", ledger.generation);
        {
            JsonArray sets = event.array("sets");
            for (const LoadedSet& set : ledger.sets) add_set(sets, set);
        }
        {
            JsonArray entries = event.array("entries");
            for (const LedgerEntry& entry : ledger.entries) add_entry(entries, entry);
        }
        {
            JsonObject blind = event.object("blind");
            for (const Counter& counter : ledger.user_blind)
                blind.number(counter.name, counter.value);
        }
        {
            JsonObject output = event.object("output");
            output.number("log_write_failed", ledger.output.log_write_failed);
            output.number("limited", ledger.output.limited);
        }
        event.number("records", ledger.records);
        event.number("alerts_counted", ledger.alerts_counted);
        event.number("losses_counted", ledger.losses_counted);
        event.raw("complete", is_complete(ledger) ? "true" : "false");
    }
    return line;
}

}  // namespace peek
