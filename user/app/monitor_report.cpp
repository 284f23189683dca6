// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "kernel/memory.h"
#include "sink/json_format.h"
#include "sink/ledger_table.h"

namespace peek {

namespace {

using Json = nlohmann::json;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string interface_line(const InterfaceStatus& i) {
    const bool attached = i.state == "attached";
    if (!attached) return i.name + ": " + i.state + "\n";
    return fmt::format(
        "{}: ingress {}, egress {}{}; dropped before the hook: {}{}\n", i.name, i.modes[0],
        i.modes[1], i.up ? "" : "; the interface is down", i.dropped_before_hook,
        i.modes[0].starts_with("XDP") ? "; VLAN tags the NIC strips are not seen" : "");
}

Json interface_json(const InterfaceStatus& i) {
    return {{"interface", i.name},
            {"attached", i.state == "attached"},
            {"state", i.state},
            {"up", i.up},
            {"ingress", i.modes[0]},
            {"egress", i.modes[1]},
            {"dropped_before_hook", i.dropped_before_hook}};
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

ControlReply report_status(const MonitorStatus& status) {
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(status.now - status.started);
    ControlReply reply;
    reply.text = fmt::format("monitor pid {}, up {} s, generation {}\n", ::getpid(), uptime.count(),
                             status.ledger.generation);
    Json interfaces = Json::array();
    for (const InterfaceStatus& i : status.interfaces) {
        reply.text += interface_line(i);
        interfaces.push_back(interface_json(i));
    }
    reply.text += rules_line(status.rules) + "\n" + ledger_table(status.ledger);
    reply.json = dumped({{"pid", ::getpid()},
                         {"uptime_s", uptime.count()},
                         {"interfaces", std::move(interfaces)},
                         {"ledger", Json::parse(format_json(status.ledger, status.now))}});
    return reply;
}

ControlReply report_rule_sets(const RuleSets& sets, uint32_t active_generation,
                              const std::array<LoadMoment, kRuleListCount>& loaded) {
    ControlReply reply;
    Json entries = Json::array();
    for (const RuleList list : kAllRuleLists) {
        const RuleSet* set = sets.set(list);
        if (set == nullptr) continue;
        const LoadMoment& since = loaded[static_cast<size_t>(list)];
        const std::string time = format_timestamp(since.time);
        reply.text += fmt::format("{:<11} {:>8} entries  generation {}  loaded {}  sha256 {}  {}\n",
                                  rule_list_name(list), set->size(), since.generation, time,
                                  set->sha256(), set->file());
        entries.push_back({{"family", rule_list_name(list)},
                           {"entries", set->size()},
                           {"generation", since.generation},
                           {"loaded", time},
                           {"sha256", set->sha256()},
                           {"file", set->file()},
                           {"memory_bytes", set->memory_bytes()},
                           {"kernel_bytes", list == RuleList::kIp ? kernel_bytes(*sets.ip) : 0}});
    }
    if (reply.text.empty()) reply.text = "no rules loaded\n";
    reply.json = dumped({{"generation", active_generation}, {"sets", std::move(entries)}});
    return reply;
}

}  // namespace peek
