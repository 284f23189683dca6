// SPDX-License-Identifier: BSD-2-Clause
// The options that several commands share: their definition, what was typed, and its conversion.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/options.h"

namespace peek {

// Everything the command line can say, as typed. The shared options exist on the program and on
// each command that takes them, writing to the same place: they may stand before or after it.
struct Arguments {
    RulePaths rules;
    bool port_scan = false;
    uint32_t scan_ports = ScanRule{}.ports;
    double scan_window_s = 60;
    std::vector<uint16_t> dns_ports;
    bool no_reassembly = false;
    std::string log;
    LogFormat log_format = LogFormat::kText;
    double alert_minutes = 5;
    size_t alert_keys = 65'536;
    uint64_t log_limit = 0;
    std::string sensor;
    std::string control = kDefaultControl;
    bool verbose = false;
    bool quiet = false;
    bool json = false;
    bool exit_code = false;
    unsigned threads = 0;  // 0: not given
    double watch_s = 2;
    bool update_all = false;
    bool force = false;
    std::string list;
    std::vector<std::string> files;  // pcap: given with -r
    std::vector<std::string> words;  // pcap: files, directories and the filter
    bool continuous = false;
    std::string shell;  // of the completion script
    std::vector<std::string> interfaces;
    AttachMode mode = AttachMode::kAuto;
    bool no_promisc = false;
    bool wait = false;
    std::string pin;  // as given; "auto": a directory of its own for each control socket
    size_t ring_mib = 16;
    uint32_t rings = 0;
    double ledger_interval_s = 60;
    std::string evidence;
    bool summary = false;
    std::vector<std::string> group_by;
    size_t top = 0;
    std::string sort = "count";
    SummaryFormat summary_format = SummaryFormat::kTable;
    size_t summary_groups = Summary::kDefaultMaxGroups;
};

inline constexpr const char* kRulesGroup = "Rules";
// Options of the program itself, which every command takes.
inline constexpr const char* kGeneralGroup = "General";

// Finite, within the bounds; what a Nanoseconds of 64 bits can hold is far above them.
CLI::Validator number_between(double least, double most, const std::string& unit);
// A word that stands for a value of an enumeration. `words` is how the help and completion show
// them.
template <typename Enum>
CLI::Validator one_of(const std::map<std::string, Enum>& values, const std::string& words) {
    return {[=](std::string& text) {
                const auto found = values.find(text);
                if (found == values.end()) return "'" + text + "' is none of " + words;
                text = std::to_string(static_cast<int>(found->second));
                return std::string{};
            },
            words};
}
Nanoseconds seconds(double value);

void add_rules(CLI::App& app, Arguments& a);
void add_detection(CLI::App& app, Arguments& a);  // rules included
void add_output(CLI::App& app, Arguments& a);
void add_control(CLI::App& app, Arguments& a);

void add_summary_look(CLI::App& app, Arguments& a);  // of an existing or a new summary
void add_summary(CLI::App& app, Arguments& a);       // a new one

void add_pin(CLI::App& app, Arguments& a, const std::string& text);
// The directory meant by --pin and --control.
std::string pin_directory(const Arguments& a);

DetectionOptions detection_of(const Arguments& a, bool scan);
Result<OutputOptions> output_of(const Arguments& a);
Result<SummaryLook> summary_look_of(const Arguments& a);
// Any of the options asks for a summary.
bool summary_wanted(const CLI::App& app, const Arguments& a);
Result<SummaryOptions> summary_of(const Arguments& a);
// "eth0", "eth0:ingress". The kernel allows no colon in an interface's name.
Result<AttachTarget> target_of(const std::string& text);

}  // namespace peek
