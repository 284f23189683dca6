// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/clock.h"
#include "app/messages.h"
#include "app/rule_dump.h"

namespace peek {

Monitor::Monitor(const AttachOptions& options, RuleSets rules)
    : options_(options),
      started_(monotonic()),
      history_(std::make_shared<const RuleSets>(std::move(rules))) {
    loaded_.fill({wall(), history_.current()->generation});
}

// Programs refer to nothing of ours; the order only matters to stop(), which has run or was not
// needed because start() failed.
Monitor::~Monitor() = default;

Result<std::unique_ptr<Monitor>> Monitor::start(const AttachOptions& options, RuleSets rules,
                                                Sinks sinks) {
    auto held = HeldRuleFiles::hold(options.detection.rules);
    if (!held) return held.error();
    std::optional<Takeover> takeover;
    if (options.pin) {
        auto prepared = prepare_takeover(*options.pin, options);
        if (!prepared) return prepared.error();
        takeover = std::move(*prepared);
    }
    rules.generation = 1;
    if (takeover && takeover->earlier) rules.generation += takeover->earlier->highest_generation();
    std::unique_ptr<Monitor> monitor(new Monitor(options, std::move(rules)));
    monitor->held_files_ = std::move(*held);
    monitor->takeover_ = std::move(takeover);
    if (auto begun = monitor->begin(std::move(sinks)); !begun) {
        monitor->interfaces_.reset();
        if (monitor->takeover_ && !monitor->takeover_->earlier)
            static_cast<void>(static_cast<bool>(monitor->takeover_->pins.remove_all()));
        return begun.error();
    }
    return monitor;
}

Result<void> Monitor::begin(Sinks sinks) {
    const RuleHistory::Sets current = history_.current();
    const PinDirectory* pins = takeover_ ? &takeover_->pins : nullptr;
    auto program = KernelProgram::load({.ring_bytes = options_.ring_bytes,
                                        .rings = options_.rings,
                                        .scan = current->scan.value_or(ScanRule{}),
                                        .dns_ports = current->dns_ports,
                                        .pins = pins});
    if (!program) return program.error();
    program_ = std::move(*program);
    auto inspection =
        LiveInspection::create(*program_, history_, options_, std::move(sinks),
                               [this](Ledger::Moment moment) { return ledger(moment); });
    if (!inspection) return inspection.error();
    inspection_ = std::move(*inspection);
    if (takeover_ && takeover_->earlier) take_over(*takeover_->earlier);
    if (auto installed = program_->install(*current); !installed) return installed;
    note_rules(program_->manifest(), *current);
    interfaces_.emplace(options_, *program_, *inspection_, pins);
    if (auto attached = interfaces_->attach_all(); !attached) return attached;
    if (takeover_) {
        if (auto pinned = takeover_->pins.put_in_force(); !pinned) return pinned;
        interfaces_->stay_attached();
    }
    if (current->families() == 0)
        warn("no rules loaded: nothing can be found (`peek-xdp map update` loads some)");
    else
        say(rules_line(*current));
    return {};
}

void Monitor::take_over(const PinnedState& earlier) {
    const bool ended = program_->checkpoint().ended != 0;
    const uint64_t replayed = inspection_->resume();
    say(takeover_->pins.path() + ": going on where the controller before this one " +
        (ended ? "ended" : "died"));
    if (replayed != 0)
        warn(fmt::format(
            "{} bytes of records may have been told of before; theirs say \"replayed\"", replayed));
    if (!same_rules(earlier.manifest, *history_.current()))
        warn(
            "the rules are not those of the controller before this one: packets that still wait in "
            "the rings were chosen by the old ones and are inspected with the new ones");
}

Ledger Monitor::stop() {
    if (takeover_ && interfaces_->any_left()) {
        inspection_->finish(LiveInspection::Ending::kHandedOver);
        program_->checkpoint().ended = 1;
        say(takeover_->pins.path() +
            ": programs, maps and rings stay; `attach --pin` goes on, `detach` removes them");
        return ledger(Ledger::Moment::kHandOver);
    }
    interfaces_->detach_all();
    program_->wait_for_running_programs();
    inspection_->finish(LiveInspection::Ending::kDetached);
    if (takeover_)
        if (auto removed = takeover_->pins.remove_all(); !removed) warn(removed.error().text);
    return ledger(Ledger::Moment::kEnd);
}

LedgerEntry Monitor::entry(const MonitoredInterfaces::Interface& interface, peek_hook hook) const {
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
    std::copy(std::begin(counters.by_reason), std::end(counters.by_reason),
              entry.candidates_by_reason.begin());
    entry.lost[kLostNotUnderstood] = inspection_->not_understood(*interface.slot, entry.hook);
    std::copy(std::begin(counters.undecided), std::end(counters.undecided),
              entry.undecided.begin());
    std::copy(std::begin(counters.blind), std::end(counters.blind), entry.blind.begin());
    entry.ignored = counters.ignored;
    std::copy(std::begin(counters.unattributed), std::end(counters.unattributed),
              entry.unattributed.begin());
    return entry;
}

Ledger Monitor::ledger(Ledger::Moment moment) const {
    Ledger ledger;
    ledger.moment = moment;
    ledger.sensor = options_.output.sensor;
    ledger.generation = program_->active_generation();
    const RuleHistory::Sets sets = history_.get(ledger.generation);
    for (const RuleList list : kAllRuleLists)
        if (const RuleSet* set = sets->set(list))
            ledger.sets.push_back({list, set->file(), set->sha256(), set->size()});
    const auto lock = interfaces_->lock();
    for (const auto& interface : interfaces_->list())
        for (const peek_hook hook : kHooks)
            if (interface.hooks[hook]) ledger.entries.push_back(entry(interface, hook));
    ledger.output.log_write_failed = inspection_->lines_lost();
    ledger.output.limited = inspection_->limited();
    for (const Counter& counter : inspection_->activity().engine)
        if (counter.blind) ledger.user_blind.push_back(counter);
    ledger.user_blind.push_back({"state_reset", program_->checkpoint().restarts, true});
    ledger.records = inspection_->records();
    ledger.alerts_counted = inspection_->alerts_counted();
    ledger.losses_counted = inspection_->losses_counted();
    return ledger;
}

ControlReply Monitor::handle(ControlRequest& request) {
    if (request.command == "status") return status();
    if (request.command == "map-show") return map_show();
    if (request.command == "map-dump") return map_dump(request);
    if (request.command == "map-update") return map_update(request);
    if (request.command == "detach") return detach(request);
    return refuse(usage_error("unknown request: " + request.command));
}

void Monitor::sample() {
    constexpr std::chrono::milliseconds kEvery{950};
    const Nanoseconds time = monotonic();
    if (time - sampled_ < kEvery) return;
    sampled_ = time;
    samples_.add(ledger(Ledger::Moment::kStatus), time);
}

ControlReply Monitor::status() const {
    MonitorStatus status;
    status.now = wall();
    status.monotonic = monotonic();
    status.uptime = status.monotonic - started_;
    status.interfaces = interface_statuses();
    status.programs = program_statuses();
    status.run_stats = run_stats_enabled();
    status.rules = *history_.current();
    status.loaded = loaded_;
    status.ledger = ledger(Ledger::Moment::kStatus);
    status.rates = samples_.rates(status.ledger, status.monotonic);
    status.last_seen = samples_.last_seen();
    status.activity = inspection_->activity();
    status.scan_load = program_->scan_load();
    for (const peek_hook hook : kHooks)
        status.unlisted += program_->counters(PEEK_MAX_INTERFACES, hook).seen;
    return report_status(status);
}

std::vector<InterfaceStatus> Monitor::interface_statuses() const {
    std::vector<InterfaceStatus> statuses;
    for (const auto& i : interfaces_->list()) {
        InterfaceStatus& status = statuses.emplace_back();
        status.name = i.name;
        status.state = std::string(state_name(i.state));
        status.up = i.up;
        status.modes = i.modes;
        const uint64_t drops = drops_before_hook(i.kernel_name);
        if (drops > i.drops_at_attach) status.dropped_before_hook = drops - i.drops_at_attach;
        if (!i.attachment) continue;
        for (const peek_hook hook : kHooks)
            status.in_front[hook] = i.attachment->programs_in_front(hook);
        status.stripped_vlan_tags_unseen = i.modes[PEEK_HOOK_INGRESS].starts_with("XDP");
    }
    return statuses;
}

std::vector<ProgramStatus> Monitor::program_statuses() const {
    struct Kind {
        const char* name;
        ProgramKind kind;
        peek_hook hook;
        const char* mode;  // what the mode of an interface that it is attached to begins with
    };
    constexpr std::array<Kind, 3> kKinds{
        {{"XDP ingress", ProgramKind::kXdpIngress, PEEK_HOOK_INGRESS, "XDP"},
         {"tc ingress", ProgramKind::kTcIngress, PEEK_HOOK_INGRESS, "tc"},
         {"tc egress", ProgramKind::kTcEgress, PEEK_HOOK_EGRESS, "tc"}}};
    std::vector<ProgramStatus> programs;
    for (const Kind& kind : kKinds) {
        auto stats = program_stats(program_->program_fd(kind.kind));
        if (!stats) continue;
        bool used = false;
        std::set<uint32_t> stubs;  // one stands for several interfaces
        for (const auto& i : interfaces_->list()) {
            if (i.attachment == nullptr || !i.modes[kind.hook].starts_with(kind.mode)) continue;
            used = true;
            const auto stub = i.attachment->stub_stats(kind.hook);
            if (!stub || !stubs.insert(stub->id).second) continue;
            stats->run_count += stub->run_count;
            stats->run_time_ns += stub->run_time_ns;
        }
        if (used) programs.push_back({kind.name, *stats});
    }
    return programs;
}

ControlReply Monitor::map_show() const {
    return report_rule_sets(*history_.current(), program_->active_generation(), loaded_);
}

ControlReply Monitor::map_dump(const ControlRequest& request) const {
    ControlReply reply;
    reply.stream = [dump =
                        std::make_shared<RuleDump>(history_.current(), request.list, request.json)](
                       std::string& out) { return dump->next(out); };
    return reply;
}

ControlReply Monitor::map_update(const ControlRequest& request) {
    if (!request.all) return update_rules(request.files, request.force);
    if (held_files_.empty())
        return refuse(usage_error("no rule files were given when the monitor started; name them"));
    auto files = held_files_.open();
    if (!files) return refuse(files.error());
    return update_rules(*files, request.force);
}

ControlReply Monitor::update_rules(const std::vector<OpenRuleFile>& files, bool force) {
    ControlReply reply;
    const RuleHistory::Sets before = history_.current();
    RuleSets next = *before;
    next.generation++;
    auto compiled = compile_rule_files(files, next, reply.warnings);
    if (compiled && !force) compiled = refuse_shrinking(files, *before, next);
    if (compiled) compiled = publish(std::make_shared<const RuleSets>(std::move(next)));
    if (!compiled) {
        reply.error = compiled.error();
        return reply;
    }
    const RuleHistory::Sets sets = history_.current();
    for (const OpenRuleFile& file : files) {
        loaded_[static_cast<size_t>(file.list)] = {wall(), sets->generation};
        const RuleSet* set = sets->set(file.list);
        reply.text += fmt::format("{}: {} entries from {}, generation {}, sha256 {}\n",
                                  rule_list_name(file.list), set ? set->size() : 0, file.name,
                                  program_->active_generation(), set ? set->sha256() : "-");
    }
    return reply;
}

// Says nothing of success before the kernel's own map shows the new generation.
Result<void> Monitor::publish(RuleHistory::Sets sets) {
    const uint32_t generation = sets->generation;
    history_.add(std::move(sets));
    auto installed = program_->install(*history_.current());
    if (!installed) {
        history_.take_back(generation);
        return installed;
    }
    note_rules(program_->manifest(), *history_.current());
    history_.retire_before(generation);
    inspection_->log_swap();
    if (const uint32_t active = program_->active_generation(); active != generation)
        return Error{
            fmt::format("the kernel judges by generation {} after generation {} was "
                        "installed; restart the monitor",
                        active, generation)};
    return {};
}

void Monitor::reload() {
    inspection_->reopen_log();
    say("SIGHUP: the log is opened anew" +
        std::string(held_files_.empty() ? "" : ", rule files are read again"));
    if (held_files_.empty()) return;
    const ControlReply reply = map_update({.command = "map-update", .all = true});
    for (const std::string& text : reply.warnings) warn(text);
    if (reply.error)
        warn(reply.error->text + "\nthe rules stay as they were");
    else
        say(reply.text.substr(0, reply.text.size() - 1));
}

ControlReply Monitor::detach(const ControlRequest& request) {
    if (auto detached = interfaces_->detach(request.interfaces); !detached)
        return refuse(detached.error());
    ControlReply reply;
    for (const std::string& name : request.interfaces) reply.text += name + ": detached\n";
    return reply;
}

}  // namespace peek
