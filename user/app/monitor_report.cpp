// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor_report.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "kernel/memory.h"
#include "sink/json_format.h"

namespace peek {

namespace {

using Json = nlohmann::json;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json interface_json(const InterfaceStatus& i) {
    return {{"interface", i.name},
            {"attached", i.state == "attached"},
            {"state", i.state},
            {"up", i.up},
            {"ingress", i.modes[0]},
            {"egress", i.modes[1]},
            {"dropped_before_hook", i.dropped_before_hook},
            {"in_front", {{"ingress", i.in_front[0]}, {"egress", i.in_front[1]}}},
            {"stripped_vlan_tags_unseen", i.stripped_vlan_tags_unseen}};
}

Json interfaces_json(const std::vector<InterfaceStatus>& interfaces) {
    Json list = Json::array();
    for (const InterfaceStatus& i : interfaces) list.push_back(interface_json(i));
    return list;
}

Json programs_json(const MonitorStatus& status) {
    Json list = Json::array();
    for (const ProgramStatus& program : status.programs) {
        Json json{{"name", program.name}, {"id", program.stats.id}};
        if (status.run_stats && program.stats.run_count > 0) {
            json["run_count"] = program.stats.run_count;
            json["run_time_ns"] = program.stats.run_time_ns;
            json["ns_per_packet"] = static_cast<double>(program.stats.run_time_ns) /
                                    static_cast<double>(program.stats.run_count);
        }
        list.push_back(std::move(json));
    }
    return list;
}

Json sets_json(const RuleSets& sets, const LoadMoments& loaded) {
    Json list = Json::array();
    for (const RuleList name : kAllRuleLists) {
        const RuleSet* set = sets.set(name);
        if (set == nullptr) continue;
        const LoadMoment& since = loaded[static_cast<size_t>(name)];
        list.push_back({{"family", rule_list_name(name)},
                        {"entries", set->size()},
                        {"generation", since.generation},
                        {"loaded", format_timestamp(since.time)},
                        {"sha256", set->sha256()},
                        {"file", set->file()},
                        {"memory_bytes", set->memory_bytes()},
                        {"kernel_bytes", kernel_bytes(sets, name)}});
    }
    return list;
}

Json per_second_json(const LedgerRates::PerSecond& rate) {
    Json json;
    for (size_t i = 0; i < rate.size(); i++) json[std::string(kLedgerColumns[i].key)] = rate[i];
    return json;
}

// The event of the log, and what only a running monitor can say.
Json ledger_json(const MonitorStatus& status) {
    Json ledger = Json::parse(format_json(status.ledger, status.now));
    Json& entries = ledger["entries"];
    for (size_t i = 0; i < status.ledger.entries.size(); i++) {
        const LedgerEntry& entry = status.ledger.entries[i];
        entries[i]["in_ring"] = in_ring(entry);
        entries[i]["seen_adds_up"] = check(entry).seen_adds_up;
        if (status.rates) entries[i]["per_second"] = per_second_json(status.rates->entries[i]);
    }
    if (status.rates) {
        ledger["records_per_second"] = status.rates->records;
        ledger["per_second_over_s"] = status.rates->seconds;
    }
    return ledger;
}

Json age_json(const std::optional<Nanoseconds>& moment, Nanoseconds now) {
    if (!moment) return nullptr;
    return std::chrono::duration<double>(now - *moment).count();
}

Json activity_json(const MonitorStatus& status) {
    const LiveInspection::Activity& activity = status.activity;
    Json rings = Json::array();
    for (const auto& ring : activity.rings)
        rings.push_back({{"bytes_waiting", ring.waiting}, {"size", ring.size}});
    Json engine = Json::object();
    for (const Counter& counter : activity.engine)
        engine[std::string(counter.name)] = counter.value;
    return {{"rings", std::move(rings)},
            {"engine", std::move(engine)},
            {"bytes_not_understood", activity.bytes_not_understood},
            {"last_packet_seen_s", age_json(status.last_seen, status.monotonic)},
            {"last_packet_delivered_s", age_json(activity.last_packet, status.monotonic)},
            {"last_record_s", age_json(activity.last_record, status.monotonic)}};
}

}  // namespace

ControlReply report_status(const MonitorStatus& status) {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(status.uptime);
    Json json{{"pid", ::getpid()},
              {"uptime_s", uptime.count()},
              {"complete", is_complete(status.ledger)},
              {"interfaces", interfaces_json(status.interfaces)},
              {"programs", programs_json(status)},
              {"sets", sets_json(status.rules, status.loaded)},
              {"ledger", ledger_json(status)},
              {"activity", activity_json(status)},
              {"unlisted_interfaces_seen", status.unlisted}};
    if (!status.ledger.sensor.empty()) json["sensor"] = status.ledger.sensor;
    if (status.rules.scan)
        json["scan"] = {
            {"ports", status.rules.scan->ports},
            {"window_s", std::chrono::duration<double>(status.rules.scan->window).count()},
            {"pairs", status.scan_load.pairs},
            {"pairs_room", status.scan_load.room}};
    ControlReply reply;
    reply.text = status_text(status);
    reply.json = dumped(json);
    return reply;
}

ControlReply report_rule_sets(const RuleSets& sets, uint32_t active_generation,
                              const LoadMoments& loaded) {
    ControlReply reply;
    reply.text = rule_set_table(sets, loaded);
    if (reply.text.empty()) reply.text = "no rules loaded\n";
    reply.json = dumped({{"generation", active_generation}, {"sets", sets_json(sets, loaded)}});
    return reply;
}

}  // namespace peek
