// SPDX-License-Identifier: BSD-2-Clause
// The commands that talk to a running monitor. Each returns the exit status.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/options.h"

namespace peek {

// `pin`: where a monitor that does not answer may have pinned its programs.
// `watch`: again and again, with that interval; nothing: once.
int run_status(const std::string& control, const std::string& pin, bool json,
               std::optional<std::chrono::milliseconds> watch_interval);
struct MapUpdate {
    RulePaths rules;
    bool all = false;    // what the monitor was started with
    bool force = false;  // a list may shrink by more than half
};
int run_map_update(const std::string& control, const MapUpdate& update);
int run_map_show(const std::string& control, bool json);
// Every rule as loaded; of one list when it is named.
int run_map_dump(const std::string& control, const std::string& list, bool json);
// Also cleans up after a monitor whose process died.
// `pin`: where a monitor that does not answer may have pinned its programs.
int run_detach(const std::string& control, const std::vector<std::string>& interfaces,
               const std::string& pin);
// Compiles the files and says what they hold; needs no monitor.
int run_check(const RulePaths& rules);

}  // namespace peek
