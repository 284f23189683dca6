// SPDX-License-Identifier: BSD-2-Clause
// What the command line said, checked and converted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/attach.h"
#include "rules/rule_set.h"
#include "sink/log_sink.h"
#include "sink/summary_format.h"
#include "util/time.h"

namespace peek {

inline constexpr const char* kDefaultControl = "/run/peek-xdp/control.sock";

// Where the rule lists are; empty: not given.
struct RulePaths {
    std::array<std::string, kRuleListCount> path;

    std::string& operator[](RuleList list) { return path[static_cast<size_t>(list)]; }
    const std::string& operator[](RuleList list) const { return path[static_cast<size_t>(list)]; }
};

struct DetectionOptions {
    RulePaths rules;
    std::optional<ScanRule> scan;
    std::vector<uint16_t> dns_ports{53};
    bool reassembly = true;  // of fragments and TCP streams; else every packet on its own
};

struct OutputOptions {
    std::string log;  // empty: none, "-": standard output
    LogFormat log_format = LogFormat::kText;
    Nanoseconds alert_window = std::chrono::minutes(5);
    size_t alert_keys = 65'536;
    uint64_t log_limit = 0;  // records an alert key and window; 0: all
    std::string sensor;
    bool stdout_taken = false;  // by a summary: alerts go to standard error
};

struct AttachTarget {
    std::string interface;
    bool ingress = true;
    bool egress = true;
};

struct AttachOptions {
    std::vector<AttachTarget> targets;
    AttachMode mode = AttachMode::kAuto;
    bool promiscuous = true;
    std::optional<std::string> pin;   // directory below a BPF file system
    bool wait = false;                // for interfaces that are not there yet, or come back
    uint32_t ring_bytes = 16U << 20;  // of each
    uint32_t rings = 0;               // 0: by the number of CPUs
    Nanoseconds ledger_interval = std::chrono::seconds(60);
    std::string control = kDefaultControl;
    DetectionOptions detection;
    OutputOptions output;
};

struct SummaryOptions {
    std::vector<SummaryKey> keys;
    SummaryLook look;
    size_t max_groups = Summary::kDefaultMaxGroups;
};

struct PcapOptions {
    std::vector<std::string> files;
    std::string filter;                     // empty: every packet
    bool continuous = false;                // one state for all files
    std::string evidence;                   // -w; empty: none
    std::optional<SummaryOptions> summary;  // to standard output
    bool progress = true;                   // on a terminal
    bool exit_code = false;
    unsigned threads = 1;  // the main one included
    DetectionOptions detection;
    OutputOptions output;
};

}  // namespace peek
