// SPDX-License-Identifier: BSD-2-Clause
#include "sink/ledger_table.h"

#include <fmt/format.h>

#include <array>

#include "sink/escape.h"
#include "sink/text_table.h"

namespace peek {
namespace {

std::vector<std::string> entry_row(const LedgerEntry& entry) {
    std::vector<std::string> cells{escape_terminal(entry.interface),
                                   std::string(hook_name(entry.hook))};
    for (const LedgerColumn& column : kLedgerColumns)
        cells.push_back(std::to_string(column.value(entry)));
    cells.push_back(std::to_string(in_ring(entry)));
    return cells;
}

std::string rules(const Ledger& ledger) {
    std::string text = fmt::format("rules, generation {}:{}\n", ledger.generation,
                                   ledger.sets.empty() ? " none loaded" : "");
    for (const LoadedSet& set : ledger.sets)
        text += fmt::format("  {:<11}  {} entries from {} (sha256 {})\n", rule_list_name(set.list),
                            set.entries, escape_terminal(set.file), set.sha256);
    return text;
}

// " (ring_full 3, no_controller 1)": the reasons that count.
template <size_t N>
std::string reasons(const std::array<uint64_t, N>& counts,
                    std::string_view (*reason_name)(size_t)) {
    std::string text;
    for (size_t i = 0; i < N; ++i) {
        if (counts[i] == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", reason_name(i), counts[i]);
    }
    return text;
}

void note(std::string& text, std::string_view where, std::string_view what,
          const std::string& detail) {
    if (!detail.empty()) text += fmt::format("  {}: {}: {}\n", where, what, detail);
}

void note_equations(std::string& text, std::string_view where, const LedgerEntry& entry) {
    const LedgerCheck result = check(entry);
    if (!result.seen_adds_up)
        note(text, where, "does not add up",
             fmt::format("seen {} is not passed clean {} + candidates {} + undecided {}",
                         entry.seen, entry.passed_clean, entry.candidates, undecided_total(entry)));
    if (!result.candidates_add_up)
        note(text, where, "does not add up",
             fmt::format("candidates {} is not delivered {} + lost {}", entry.candidates,
                         entry.delivered, lost_total(entry)));
}

std::string missing(const Ledger& ledger) {
    std::string text;
    for (const LedgerEntry& entry : ledger.entries) {
        const std::string where =
            escape_terminal(entry.interface) + " " + std::string(hook_name(entry.hook));
        note(text, where, "lost", reasons(entry.lost, lost_name));
        note(text, where, "lost without an alert", reasons(entry.unattributed, loss_type_name));
        note(text, where, "undecided", reasons(entry.undecided, undecided_name));
        note(text, where, "blind", reasons(entry.blind, blind_name));
        if (ledger.moment == Ledger::Moment::kEnd) note_equations(text, where, entry);
    }
    for (const Counter& counter : ledger.user_blind)
        if (counter.value != 0)
            note(text, "controller", "blind", fmt::format("{} {}", counter.name, counter.value));
    if (ledger.output.log_write_failed != 0)
        note(text, "output", "lost",
             fmt::format("log_write_failed {}", ledger.output.log_write_failed));
    return text;
}

std::string candidate_reasons(const Ledger& ledger) {
    std::array<uint64_t, PEEK_REASON_COUNT> counts{};
    for (const LedgerEntry& entry : ledger.entries)
        for (size_t i = 0; i < counts.size(); ++i) counts[i] += entry.candidates_by_reason[i];
    const std::string text = reasons(counts, candidate_reason_name);
    return text.empty() ? "" : "candidates by reason: " + text + "\n";
}

std::string ignored(const Ledger& ledger) {
    uint64_t packets = 0;
    for (const LedgerEntry& entry : ledger.entries) packets += entry.ignored;
    if (packets == 0) return {};
    return fmt::format("ignored: {} of the clean packets, by the ignore lists\n", packets);
}

std::string limited(const Ledger& ledger) {
    if (ledger.output.limited == 0) return {};
    return fmt::format(", {} of them not logged (--log-limit)", ledger.output.limited);
}

std::string verdict(const Ledger& ledger) {
    if (is_complete(ledger))
        return fmt::format("complete: nothing lost, undecided, blind or unwritten{}\n",
                           ledger.sets.empty() ? "; no rule lists are loaded" : "");
    return "not complete:\n" + missing(ledger);
}

}  // namespace

std::vector<TextTable::Column> ledger_columns(std::string first) {
    std::vector<TextTable::Column> columns{{std::move(first)}, {"hook"}};
    for (const LedgerColumn& column : kLedgerColumns)
        columns.push_back({std::string(column.heading), true});
    return columns;
}

std::string ledger_counters(const Ledger& ledger) {
    auto columns = ledger_columns("interface");
    columns.push_back({"in ring", true});
    TextTable table(std::move(columns));
    for (const LedgerEntry& entry : ledger.entries) table.add(entry_row(entry));
    return table.text() + candidate_reasons(ledger) + ignored(ledger);
}

std::string ledger_outcome(const Ledger& ledger) {
    return fmt::format("records: {}{}; alerts stand for {}", ledger.records, limited(ledger),
                       ledger.alerts_counted) +
           (ledger.losses_counted == 0
                ? "\n"
                : fmt::format(", of them {} with evidence lost\n", ledger.losses_counted)) +
           verdict(ledger);
}

std::string ledger_table(const Ledger& ledger) {
    return ledger_counters(ledger) + rules(ledger) + ledger_outcome(ledger);
}

}  // namespace peek
