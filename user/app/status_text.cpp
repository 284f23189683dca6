// SPDX-License-Identifier: BSD-2-Clause
// `status` and `map show` for a person.
#include <fmt/format.h>
#include <unistd.h>

#include "app/monitor_report.h"
#include "kernel/memory.h"
#include "sink/escape.h"
#include "sink/ledger_table.h"
#include "sink/text_table.h"

namespace peek {

namespace {

std::string interface_line(const InterfaceStatus& i) {
    const std::string name = escape_terminal(i.name);
    if (i.state != "attached") return name + ": " + i.state + "\n";
    return fmt::format(
        "{}: ingress {}, egress {}{}; dropped before the hook: {}{}\n", name, i.modes[0],
        i.modes[1], i.up ? "" : "; the interface is down", i.dropped_before_hook,
        i.stripped_vlan_tags_unseen ? "; VLAN tags the NIC strips are not seen" : "");
}

std::string in_front_lines(const InterfaceStatus& i) {
    std::string text;
    for (const peek_hook hook : kHooks)
        if (!i.in_front[hook].empty())
            text += fmt::format(
                "{} {}: other tcx programs run before ours (see `bpftool prog`), and what they "
                "take is not seen: id {}\n",
                escape_terminal(i.name), hook_name(static_cast<Hook>(hook)),
                fmt::join(i.in_front[hook], ", "));
    return text;
}

std::string duration_text(Nanoseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    if (seconds < 86400) return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
    return fmt::format("{} d {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string age(const std::optional<Nanoseconds>& moment, Nanoseconds now) {
    return moment ? duration_text(now - *moment) + " ago" : "never";
}

// "16.0 MiB"
std::string bytes_text(uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1024 * 1024));
}

std::string rate_text(double rate) {
    return fmt::format("{:.{}f}", rate, rate < 10 && rate > 0 ? 1 : 0);
}

std::string programs(const MonitorStatus& status) {
    std::string text;
    for (const ProgramStatus& program : status.programs) {
        text += fmt::format("{}{}: id {}", text.empty() ? "programs: " : ", ", program.name,
                            program.stats.id);
        if (status.run_stats && program.stats.run_count > 0)
            text += fmt::format(", {:.0f} ns a packet",
                                static_cast<double>(program.stats.run_time_ns) /
                                    static_cast<double>(program.stats.run_count));
    }
    if (text.empty()) return text;
    return text + (status.run_stats ? "\n" : " (times: sysctl kernel.bpf_stats_enabled=1)\n");
}

std::string rates(const MonitorStatus& status) {
    if (!status.rates) return {};
    TextTable table(ledger_columns("per second"));
    for (size_t i = 0; i < status.ledger.entries.size(); i++) {
        const LedgerEntry& entry = status.ledger.entries[i];
        std::vector<std::string> cells{escape_terminal(entry.interface),
                                       std::string(hook_name(entry.hook))};
        for (const double rate : status.rates->entries[i]) cells.push_back(rate_text(rate));
        table.add(std::move(cells));
    }
    return table.text();
}

// Counters of several CPUs are not read at one moment: while packets pass, the first equation may
// be off by those of that moment. The second one holds by what is still in the rings.
std::string equations(const MonitorStatus& status) {
    std::string text;
    for (const LedgerEntry& entry : status.ledger.entries) {
        const uint64_t sum = entry.passed_clean + entry.candidates + undecided_total(entry);
        const auto off = static_cast<int64_t>(entry.seen - sum);
        if (off == 0 && in_ring(entry) >= 0) continue;
        text += fmt::format("  {} {}: seen is off by {}, in ring is {}\n",
                            escape_terminal(entry.interface), hook_name(entry.hook), off,
                            in_ring(entry));
    }
    if (text.empty())
        return "adds up: seen = passed clean + candidates + undecided; "
               "candidates = delivered + lost + in ring\n";
    return "does not add up (at rest it must; while packets pass, counters move as they are "
           "read):\n" +
           text;
}

std::string rings(const LiveInspection::Activity& activity) {
    if (activity.rings.empty()) return {};
    uint64_t waiting = 0;
    uint64_t most = 0;
    for (const auto& ring : activity.rings) {
        waiting += ring.waiting;
        most = std::max<uint64_t>(most, ring.waiting * 100 / ring.size);
    }
    return fmt::format("rings: {} of {}, {} waiting, the fullest {} % full\n",
                       activity.rings.size(), bytes_text(activity.rings.front().size),
                       bytes_text(waiting), most);
}

std::string engine(const LiveInspection::Activity& activity) {
    std::string text;
    for (const Counter& counter : activity.engine)
        if (counter.value != 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counter.name, counter.value);
    if (activity.bytes_not_understood != 0)
        text += fmt::format("{}{} bytes of the rings not understood", text.empty() ? "" : ", ",
                            activity.bytes_not_understood);
    return text.empty() ? "" : "inspection: " + text + "\n";
}

std::string unlisted(const MonitorStatus& status) {
    if (status.unlisted == 0) return {};
    return fmt::format(
        "{} packets came from interfaces that this monitor did not attach to: somebody else "
        "attached its programs (see `bpftool net`)\n",
        status.unlisted);
}

}  // namespace

std::string rules_line(const RuleSets& sets) {
    std::string text;
    for (const RuleList list : kAllRuleLists)
        if (const RuleSet* set = sets.set(list))
            text += fmt::format("{}{} {} rules from {}", text.empty() ? "" : ", ", set->size(),
                                rule_list_name(list), set->file());
    if (sets.scan)
        text +=
            fmt::format("{}scans of {} ports in {} s", text.empty() ? "" : ", ", sets.scan->ports,
                        std::chrono::duration<double>(sets.scan->window).count());
    return text.empty() ? "no rules loaded" : text;
}

std::string rule_set_table(const RuleSets& sets, const LoadMoments& loaded) {
    TextTable table({{"rules"},
                     {"entries", true},
                     {"generation", true},
                     {"loaded"},
                     {"memory", true},
                     {"kernel", true},
                     {"sha256"},
                     {"file"}});
    for (const RuleList list : kAllRuleLists) {
        const RuleSet* set = sets.set(list);
        if (set == nullptr) continue;
        const LoadMoment& since = loaded[static_cast<size_t>(list)];
        const uint64_t in_kernel = kernel_bytes(sets, list);
        table.add({std::string(rule_list_name(list)), std::to_string(set->size()),
                   std::to_string(since.generation),
                   format_timestamp(since.time).substr(0, 19) + "Z",
                   bytes_text(set->memory_bytes()), in_kernel > 0 ? bytes_text(in_kernel) : "-",
                   set->sha256(), escape_terminal(set->file())});
    }
    return table.text();
}

std::string status_text(const MonitorStatus& status) {
    std::string text = fmt::format("monitor pid {}, up {}, generation {}{}{}\n", ::getpid(),
                                   duration_text(status.uptime), status.ledger.generation,
                                   status.ledger.sensor.empty() ? "" : ", sensor ",
                                   escape_terminal(status.ledger.sensor));
    for (const InterfaceStatus& i : status.interfaces)
        text += interface_line(i) + in_front_lines(i);
    text += programs(status);
    text += ledger_counters(status.ledger) + rates(status) + equations(status);
    text += fmt::format("last packet seen {}, last one handed over {}, last record {}\n",
                        age(status.last_seen, status.monotonic),
                        age(status.activity.last_packet, status.monotonic),
                        age(status.activity.last_record, status.monotonic));
    text += rings(status.activity) + engine(status.activity) + unlisted(status);
    const std::string sets = rule_set_table(status.rules, status.loaded);
    text += sets.empty() ? "no rules loaded\n" : sets;
    if (status.rules.scan)
        text += fmt::format("scans: {} ports in {} s; {} of {} pairs in the table\n",
                            status.rules.scan->ports,
                            std::chrono::duration<double>(status.rules.scan->window).count(),
                            status.scan_load.pairs, status.scan_load.room);
    return text + ledger_outcome(status.ledger);
}

}  // namespace peek
