// SPDX-License-Identifier: BSD-2-Clause
// Monitor: a running live monitor. It owns what is loaded and attached, answers the control
// socket, and ends everything in an order that keeps the ledger exact.
//
// Threads: everything here is the main thread's but ledger(), which the inspecting thread calls
// too.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "alert/ledger.h"
#include "app/control_protocol.h"
#include "app/live_inspection.h"
#include "app/monitor_report.h"
#include "app/options.h"
#include "app/rule_history.h"
#include "kernel/attach.h"
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
    void reopen_log() { inspection_->reopen_log(); }
    // False once the last interface was detached.
    bool attached() const;

    // Detaches, empties the rings, flushes. Returns the final ledger.
    Ledger stop();

  private:
    // One interface; stays in the list after it was detached, for its counters.
    struct Interface {
        std::string name;
        uint32_t slot = 0;
        std::array<bool, PEEK_HOOK_COUNT> hooks{};
        std::array<std::string, PEEK_HOOK_COUNT> modes{};
        uint64_t drops_at_attach = 0;
        std::unique_ptr<Attachment> attachment;  // null: detached
    };

    Monitor(const AttachOptions& options, RuleSets rules);
    Result<void> attach_all();
    Result<void> attach(const AttachRequest& request);
    Ledger ledger(Ledger::Moment moment) const;
    LedgerEntry entry(uint32_t index, peek_hook hook) const;

    ControlReply status() const;
    ControlReply map_show() const;
    ControlReply map_update(const ControlRequest& request);
    ControlReply detach(const ControlRequest& request);

    AttachOptions options_;
    Timestamp started_;
    RuleHistory history_;
    std::array<LoadMoment, kFamilyCount> loaded_{};
    std::unique_ptr<KernelProgram> program_;
    std::unique_ptr<LiveInspection> inspection_;
    mutable std::mutex mutex_;  // interfaces_, once the inspecting thread runs
    std::vector<Interface> interfaces_;
};

}  // namespace peek
