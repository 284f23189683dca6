// SPDX-License-Identifier: BSD-2-Clause
// The configuration file (TOML): the command line's options by their long names, a positional
// argument by its name in lower case. There is no second table of options: keys are looked up in
// the command line's own tree, and values go through the same checks.
//
//   iface = ["eth0", "eth1:ingress"]     at the top: what `attach` takes; --control and the
//   port-scan = true                     program's own options hold for every command
//   [pcap]                               what only that command takes ([map.update]: likewise)
//   exit-code = true
//
// What the command line says wins.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "util/result.h"

namespace peek {

inline constexpr const char* kDefaultConfig = "/etc/peek-xdp/peek-xdp.toml";

class ConfigFile {
  public:
    // Adds --config to `app`, which reads the file when the command line has been parsed and
    // before it is asked whether anything required is missing. `app` must outlive it, all commands
    // must have been added.
    explicit ConfigFile(CLI::App& app);

    // What was wrong with the file, a line "FILE:LINE:COLUMN: …" each; known once `app` was parsed.
    const std::optional<Error>& error() const { return state_->error; }
    // The file that was read was named on the command line.
    bool given() const { return state_->given; }
    // The file that was read, if it has rule files for `attach` which the command that runs does
    // not take; else empty.
    const std::string& rules_for_attach() const { return state_->rules_for_attach; }

  private:
    friend class TomlConfig;
    struct State {
        std::optional<Error> error;
        bool given = false;
        std::string rules_for_attach;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace peek
