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
    monitor->interfaces_.emplace(options, *monitor->program_, *monitor->inspection_);
    if (auto attached = monitor->interfaces_->attach_all(); !attached) return attached.error();
    say(rules_line(*current));
    monitor->inspection_->start();
    return monitor;
}

Ledger Monitor::stop() {
    interfaces_->detach_all();
    program_->wait_for_running_programs();
    inspection_->finish();
    return ledger(Ledger::Moment::kEnd);
}

LedgerEntry Monitor::entry(const MonitoredInterfaces::Interface& interface,
                           peek_hook hook) const {
    LedgerEntry entry;
    entry.interface = interface.name;
    entry.hook = static_cast<Hook>(hook);
    // Read before the kernel's counters, so that a running monitor never shows more delivered
    // than candidates.
    entry.delivered = inspection_->delivered(*interface.slot, entry.hook);
    const peek_counters counters = program_->counters(*interface.slot, hook);
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
    const auto lock = interfaces_->lock();
    for (const auto& interface : interfaces_->list())
        for (const peek_hook hook : kHooks)
            if (interface.hooks[hook]) ledger.entries.push_back(entry(interface, hook));
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
    for (const auto& i : interfaces_->list()) {
        const uint64_t drops = drops_before_hook(i.kernel_name);
        status.interfaces.push_back(
            {.name = i.name,
             .state = std::string(state_name(i.state)),
             .up = i.up,
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
    if (auto detached = interfaces_->detach(request.interfaces); !detached)
        return refuse(detached.error());
    ControlReply reply;
    for (const std::string& name : request.interfaces) reply.text += name + ": detached\n";
    return reply;
}

}  // namespace peek
