// SPDX-License-Identifier: BSD-2-Clause
// What a running monitor tells of itself: the replies to `status` and `map show`, made from
// values that Monitor gathers.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "alert/ledger.h"
#include "app/control_protocol.h"
#include "rules/rule_set.h"
#include "util/time.h"

namespace peek {

struct InterfaceStatus {
    std::string name;
    std::string state;  // state_name() of monitored_interfaces.h
    bool up = false;    // as `ip link` has it; false too when it is not there
    std::array<std::string, PEEK_HOOK_COUNT> modes;
    uint64_t dropped_before_hook = 0;
};

struct MonitorStatus {
    Timestamp now{};
    Timestamp started{};
    std::vector<InterfaceStatus> interfaces;
    RuleSets rules;
    Ledger ledger;
};

// Since when a rule list has been as it is.
struct LoadMoment {
    Timestamp time{};
    uint32_t generation = 0;
};

// "12 ip rules from ips.cfg, …", or that there are none.
std::string rules_line(const RuleSets& sets);

ControlReply report_status(const MonitorStatus& status);
ControlReply report_rule_sets(const RuleSets& sets, uint32_t active_generation,
                              const std::array<LoadMoment, kRuleListCount>& loaded);

}  // namespace peek
