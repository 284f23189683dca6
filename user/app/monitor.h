// SPDX-License-Identifier: BSD-2-Clause
// Monitor: a running live monitor. It owns what is loaded and attached, answers the control
// socket, and ends everything in an order that keeps the ledger exact.
//
// Threads: everything here is the main thread's but ledger(), which the inspecting thread calls
// too.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "alert/ledger.h"
#include "app/control_protocol.h"
#include "app/held_rule_files.h"
#include "app/live_inspection.h"
#include "app/monitor_report.h"
#include "app/monitored_interfaces.h"
#include "app/options.h"
#include "app/rule_history.h"
#include "app/takeover.h"
#include "kernel/program.h"

namespace peek {

class Monitor {
  public:
    // Loads and attaches to every target; all or nothing. `sinks` are open.
    static Result<std::unique_ptr<Monitor>> start(const AttachOptions& options, RuleSets rules,
                                                  Sinks sinks);
    ~Monitor();
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    // Starts the inspecting thread. What the hooks saw since start() waits in the rings.
    void inspect() { inspection_->start(); }

    ControlReply handle(ControlRequest& request);
    // SIGHUP: opens the log anew and reads the rule files that were given at the start.
    void reload();
    // Frees rules that are out of use. True when there is nothing more to free.
    bool free_old_rules() { return history_.free_dropped(); }
    // As `status` has it.
    Ledger current_ledger() const { return ledger(Ledger::Moment::kStatus); }
    // Of the inspecting thread: LiveInspection::progress().
    uint64_t progress() const { return inspection_->progress(); }
    // Now and then, for rates; does nothing within a second of the last time.
    void sample();
    // After news of interfaces, and now and then; see MonitoredInterfaces::follow().
    void follow_interfaces(const Farewells& farewells) { interfaces_->follow(farewells); }
    // False once nothing is left to monitor.
    bool has_work() const { return interfaces_->any_left(); }
    // Why nothing is left, when nobody asked for that.
    std::optional<Error> lost_interfaces() const { return interfaces_->lost(); }

    // With --pin everything stays attached for the next controller, unless nothing is left to
    // monitor; else detaches, and removes what is pinned. Reads the rings, flushes. Returns the
    // final ledger.
    Ledger stop();

  private:
    Monitor(const AttachOptions& options, RuleSets rules);
    Result<void> begin(Sinks sinks);
    void take_over(const PinnedState& earlier);
    Ledger ledger(Ledger::Moment moment) const;
    LedgerEntry entry(const MonitoredInterfaces::Interface& interface, peek_hook hook) const;

    ControlReply status() const;
    std::vector<InterfaceStatus> interface_statuses() const;
    std::vector<ProgramStatus> program_statuses() const;
    ControlReply map_show() const;
    ControlReply map_dump(const ControlRequest& request) const;
    ControlReply map_update(const ControlRequest& request);
    ControlReply update_rules(const std::vector<OpenRuleFile>& files, bool force);
    Result<void> publish(RuleHistory::Sets sets);
    ControlReply detach(const ControlRequest& request);

    AttachOptions options_;
    Nanoseconds started_;  // monotonic()
    HeldRuleFiles held_files_;
    RuleHistory history_;
    LoadMoments loaded_{};
    std::optional<Takeover> takeover_;
    std::unique_ptr<KernelProgram> program_;
    std::unique_ptr<LiveInspection> inspection_;
    std::optional<MonitoredInterfaces> interfaces_;
    LedgerSamples samples_;
    Nanoseconds sampled_{};
};

}  // namespace peek
