// SPDX-License-Identifier: BSD-2-Clause
// What a running monitor tells of itself: the replies to `status` and `map show`, made from
// values that Monitor gathers.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "alert/ledger.h"
#include "app/control_protocol.h"
#include "app/ledger_samples.h"
#include "app/live_inspection.h"
#include "kernel/program_stats.h"
#include "kernel/scan_load.h"
#include "rules/rule_set.h"
#include "util/time.h"

namespace peek {

struct InterfaceStatus {
    std::string name;
    std::string state;  // state_name() of monitored_interfaces.h
    bool up = false;    // as `ip link` has it; false too when it is not there
    std::array<std::string, PEEK_HOOK_COUNT> modes;
    uint64_t dropped_before_hook = 0;
    // Ids of other people's tcx programs in front of ours: what these take is not seen.
    std::array<std::vector<uint32_t>, PEEK_HOOK_COUNT> in_front;
    bool stripped_vlan_tags_unseen = false;  // ingress is XDP
};

// A program that is attached somewhere.
struct ProgramStatus {
    std::string name;  // "XDP ingress", "tc ingress", "tc egress"
    ProgramStats stats;
};

// Since when a rule list has been as it is.
struct LoadMoment {
    Timestamp time{};
    uint32_t generation = 0;
};
using LoadMoments = std::array<LoadMoment, kRuleListCount>;

struct MonitorStatus {
    Timestamp now{};
    Nanoseconds monotonic{};  // the same moment; what `activity` and `last_seen` count by
    Nanoseconds uptime{};
    std::vector<InterfaceStatus> interfaces;
    std::vector<ProgramStatus> programs;
    bool run_stats = false;  // programs' times are counted
    RuleSets rules;
    LoadMoments loaded{};
    Ledger ledger;
    std::optional<LedgerRates> rates;
    std::optional<Nanoseconds> last_seen;  // by a hook, to a second
    LiveInspection::Activity activity;
    ScanLoad scan_load;
    uint64_t unlisted = 0;  // packets that our programs saw on interfaces we do not know
};

// "12 ip rules from ips.cfg, …", or that there are none.
std::string rules_line(const RuleSets& sets);

// A row a rule list that is loaded.
std::string rule_set_table(const RuleSets& sets, const LoadMoments& loaded);
std::string status_text(const MonitorStatus& status);

ControlReply report_status(const MonitorStatus& status);
ControlReply report_rule_sets(const RuleSets& sets, uint32_t active_generation,
                              const LoadMoments& loaded);

}  // namespace peek
