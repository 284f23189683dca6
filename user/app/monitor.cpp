// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/messages.h"

namespace peek {

namespace {

constexpr std::array kHooks{PEEK_HOOK_INGRESS, PEEK_HOOK_EGRESS};

Timestamp now() {
    return std::chrono::time_point_cast<Nanoseconds>(std::chrono::system_clock::now());
}

}  // namespace

Monitor::Monitor(const AttachOptions& options, RuleSets rules)
    : options_(options),
      started_(now()),
      history_(std::make_shared<const RuleSets>(std::move(rules))) {
    loaded_.fill({started_, history_.current()->generation});
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
    MonitorStatus status{.now = now(),
                         .started = started_,
                         .interfaces = {},
                         .rules = *history_.current(),
                         .ledger = ledger(Ledger::Moment::kStatus)};
    for (const Interface& i : interfaces_) {
        const uint64_t drops = drops_before_hook(i.name);
        status.interfaces.push_back(
            {.name = i.name,
             .attached = i.attachment != nullptr,
             .modes = i.modes,
             .dropped_before_hook = drops > i.drops_at_attach ? drops - i.drops_at_attach : 0});
    }
    return report_status(status);
}

ControlReply Monitor::map_show() const {
    return report_rule_sets(*history_.current(), program_->active_generation(), loaded_);
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
        loaded_[static_cast<size_t>(file.family)] = {now(), sets->generation};
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
