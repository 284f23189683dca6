// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/messages.h"
#include "sink/json_format.h"
#include "sink/ledger_table.h"

namespace peek {

namespace {

using Json = nlohmann::json;

constexpr std::array kHooks{PEEK_HOOK_INGRESS, PEEK_HOOK_EGRESS};

Timestamp now() {
    return std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now());
}

std::string rules_line(const RuleSets& sets) {
    std::string text;
    for (const Family family : kAllFamilies)
        if (const RuleSet* set = sets.set(family))
            text += fmt::format("{}{} {} rules from {}", text.empty() ? "" : ", ", set->size(),
                                family_name(family), set->file());
    if (sets.scan)
        text +=
            fmt::format("{}scans of {} ports in {} s", text.empty() ? "" : ", ", sets.scan->ports,
                        std::chrono::duration<double>(sets.scan->window).count());
    return text.empty() ? "no rules loaded" : text;
}

}  // namespace

Monitor::Monitor(const AttachOptions& options, RuleSets rules)
    : options_(options),
      started_(now()),
      history_(std::make_shared<const RuleSets>(std::move(rules))) {
    loaded_at_.fill(started_);
    loaded_generation_.fill(history_.current()->generation);
}

// Programs refer to nothing of ours; the order only matters to stop(), which has run or was not
// needed because start() failed.
Monitor::~Monitor() = default;

Result<std::unique_ptr<Monitor>> Monitor::start(const AttachOptions& options, RuleSets rules,
                                                Sinks sinks) {
    rules.generation = 1;
    std::unique_ptr<Monitor> monitor(new Monitor(options, std::move(rules)));
    const RuleHistory::Sets current = monitor->history_.current();
    auto program = KernelProgram::load({.ring_bytes = options.ring_bytes,
                                        .rings = options.rings,
                                        .scan = current->scan.value_or(ScanRule{}),
                                        .dns_ports = current->dns_ports});
    if (!program) return program.error();
    monitor->program_ = std::move(*program);
    auto inspection = LiveInspection::create(
        *monitor->program_, monitor->history_, options, std::move(sinks),
        [self = monitor.get()](Ledger::Moment moment) { return self->ledger(moment); });
    if (!inspection) return inspection.error();
    monitor->inspection_ = std::move(*inspection);
    if (auto installed = monitor->program_->install(*current); !installed) return installed.error();
    if (auto attached = monitor->attach_all(); !attached) return attached.error();
    say(rules_line(*current));
    monitor->inspection_->start();
    return monitor;
}

Result<void> Monitor::attach_all() {
    // Targets that name one interface twice (by direction, or by an alternative name) are one.
    std::vector<AttachRequest> requests;
    for (const AttachTarget& target : options_.targets) {
        auto info = find_interface(target.interface);
        if (!info) return info.error();
        const auto same = std::find_if(requests.begin(), requests.end(), [&](const auto& r) {
            return r.interface.ifindex == info->ifindex;
        });
        if (same != requests.end()) {
            same->ingress |= target.ingress;
            same->egress |= target.egress;
            continue;
        }
        requests.push_back({.interface = *info,
                            .ingress = target.ingress,
                            .egress = target.egress,
                            .mode = options_.mode,
                            .promiscuous = options_.promiscuous});
    }
    for (const AttachRequest& request : requests)
        if (auto attached = attach(request); !attached) return attached;
    return {};
}

Result<void> Monitor::attach(const AttachRequest& request) {
    const InterfaceInfo& info = request.interface;
    auto attachment = Attachment::attach(*program_, request);
    if (!attachment) return attachment.error();
    const Attachment& a = **attachment;
    say(fmt::format("{}: ingress {}, egress {}{}", info.name, a.mode(PEEK_HOOK_INGRESS),
                    a.mode(PEEK_HOOK_EGRESS),
                    a.fallback_reason().empty() ? "" : "; " + a.fallback_reason()));
    inspection_->add_interface(info.ifindex, info.name);
    Interface interface;
    interface.name = info.name;
    interface.slot = a.slot();
    interface.drops_at_attach = drops_before_hook(info.name);
    for (const peek_hook hook : kHooks) {
        interface.hooks[hook] = a.has(hook);
        interface.modes[hook] = a.mode(hook);
    }
    interface.attachment = std::move(*attachment);
    interfaces_.push_back(std::move(interface));
    return {};
}

bool Monitor::attached() const {
    return std::any_of(interfaces_.begin(), interfaces_.end(),
                       [](const Interface& i) { return i.attachment != nullptr; });
}

Ledger Monitor::stop() {
    {
        const std::lock_guard lock(mutex_);
        for (Interface& interface : interfaces_) interface.attachment.reset();
    }
    program_->wait_for_running_programs();
    inspection_->finish();
    return ledger(Ledger::Moment::kEnd);
}

LedgerEntry Monitor::entry(uint32_t index, peek_hook hook) const {
    const Interface& interface = interfaces_[index];
    LedgerEntry entry;
    entry.interface = interface.name;
    entry.hook = static_cast<Hook>(hook);
    // Read before the kernel's counters, so that a running monitor never shows more delivered
    // than candidates.
    entry.delivered = inspection_->delivered(index, entry.hook);
    const peek_counters counters = program_->counters(interface.slot, hook);
    entry.seen = counters.seen;
    entry.passed_clean = counters.passed_clean;
    entry.candidates = counters.candidates;
    std::copy(std::begin(counters.lost), std::end(counters.lost), entry.lost.begin());
    std::copy(std::begin(counters.undecided), std::end(counters.undecided),
              entry.undecided.begin());
    std::copy(std::begin(counters.blind), std::end(counters.blind), entry.blind.begin());
    return entry;
}

Ledger Monitor::ledger(Ledger::Moment moment) const {
    Ledger ledger;
    ledger.moment = moment;
    ledger.generation = program_->active_generation();
    const RuleHistory::Sets sets = history_.get(ledger.generation);
    for (const Family family : kAllFamilies)
        if (const RuleSet* set = sets->set(family))
            ledger.sets.push_back({family, set->file(), set->sha256(), set->size()});
    const std::lock_guard lock(mutex_);
    for (uint32_t i = 0; i < interfaces_.size(); i++)
        for (const peek_hook hook : kHooks)
            if (interfaces_[i].hooks[hook]) ledger.entries.push_back(entry(i, hook));
    ledger.output.log_write_failed = inspection_->lines_lost();
    ledger.user_blind_scan_state_evicted = inspection_->scan_state_evicted();
    ledger.records = inspection_->records();
    ledger.alerts_counted = inspection_->alerts_counted();
    return ledger;
}

ControlReply Monitor::handle(ControlRequest& request) {
    if (request.command == "status") return status();
    if (request.command == "map-show") return map_show();
    if (request.command == "map-update") return map_update(request);
    if (request.command == "detach") return detach(request);
    return refuse(usage_error("unknown request: " + request.command));
}

ControlReply Monitor::status() const {
    const Ledger current = ledger(Ledger::Moment::kStatus);
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now() - started_);
    Json interfaces = Json::array();
    std::string text = fmt::format("monitor pid {}, up {} s, generation {}\n", ::getpid(),
                                   uptime.count(), current.generation);
    for (const Interface& i : interfaces_) {
        const uint64_t before = drops_before_hook(i.name);
        const uint64_t drops = before > i.drops_at_attach ? before - i.drops_at_attach : 0;
        const bool on = i.attachment != nullptr;
        text += fmt::format(
            "{}: {}; dropped before the hook: {}{}\n", i.name,
            on ? fmt::format("ingress {}, egress {}", i.modes[0], i.modes[1]) : "detached", drops,
            i.modes[0].starts_with("XDP") ? "; VLAN tags the NIC strips are not seen" : "");
        interfaces.push_back({{"interface", i.name},
                              {"attached", on},
                              {"ingress", i.modes[0]},
                              {"egress", i.modes[1]},
                              {"dropped_before_hook", drops}});
    }
    text += rules_line(*history_.current()) + "\n" + ledger_table(current);
    const Json json{{"pid", ::getpid()},
                    {"uptime_s", uptime.count()},
                    {"interfaces", std::move(interfaces)},
                    {"ledger", Json::parse(format_json(current, now()))}};
    ControlReply reply;
    reply.text = std::move(text);
    reply.json = json.dump(-1, ' ', true, Json::error_handler_t::replace);
    return reply;
}

ControlReply Monitor::map_show() const {
    const RuleHistory::Sets sets = history_.current();
    ControlReply reply;
    Json list = Json::array();
    for (const Family family : kAllFamilies) {
        const RuleSet* set = sets->set(family);
        if (set == nullptr) continue;
        const auto f = static_cast<size_t>(family);
        const std::string loaded = format_timestamp(loaded_at_[f]);
        reply.text += fmt::format("{:<9} {:>8} entries  generation {}  loaded {}  sha256 {}  {}\n",
                                  family_name(family), set->size(), loaded_generation_[f], loaded,
                                  set->sha256(), set->file());
        list.push_back({{"family", family_name(family)},
                        {"entries", set->size()},
                        {"generation", loaded_generation_[f]},
                        {"loaded", loaded},
                        {"sha256", set->sha256()},
                        {"file", set->file()},
                        {"memory_bytes", set->memory_bytes()}});
    }
    if (reply.text.empty()) reply.text = "no rules loaded\n";
    reply.json =
        Json{{"generation", program_->active_generation()}, {"sets", std::move(list)}}.dump(
            -1, ' ', true, Json::error_handler_t::replace);
    return reply;
}

ControlReply Monitor::map_update(const ControlRequest& request) {
    ControlReply reply;
    RuleSets next = *history_.current();
    next.generation++;
    if (auto compiled = compile_rule_files(request.files, next, reply.warnings); !compiled) {
        reply.error = compiled.error();
        return reply;
    }
    const auto sets = std::make_shared<const RuleSets>(std::move(next));
    history_.add(sets);
    if (auto installed = program_->install(*sets); !installed) {
        history_.take_back(sets->generation);
        reply.error = installed.error();
        return reply;
    }
    history_.retire_before(sets->generation);
    inspection_->log_swap();
    for (const OpenRuleFile& file : request.files) {
        const auto f = static_cast<size_t>(file.family);
        loaded_at_[f] = now();
        loaded_generation_[f] = sets->generation;
        const RuleSet* set = sets->set(file.family);
        reply.text += fmt::format("{}: {} entries from {}, generation {}, sha256 {}\n",
                                  family_name(file.family), set ? set->size() : 0, file.name,
                                  program_->active_generation(), set ? set->sha256() : "-");
    }
    return reply;
}

ControlReply Monitor::detach(const ControlRequest& request) {
    const auto find = [this](const std::string& name) {
        return std::find_if(interfaces_.begin(), interfaces_.end(), [&](const Interface& i) {
            return i.name == name && i.attachment != nullptr;
        });
    };
    for (const std::string& name : request.interfaces)
        if (find(name) == interfaces_.end())
            return refuse(usage_error(name + ": not monitored by this monitor"));
    ControlReply reply;
    const std::lock_guard lock(mutex_);
    for (const std::string& name : request.interfaces) {
        if (const auto interface = find(name); interface != interfaces_.end())
            interface->attachment.reset();
        reply.text += name + ": detached\n";
    }
    return reply;
}

}  // namespace peek
