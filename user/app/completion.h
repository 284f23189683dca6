// SPDX-License-Identifier: BSD-2-Clause
// Completion scripts for shells, from the command line's own tree.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "util/result.h"

namespace peek {

// `shell`: bash, zsh or fish.
Result<std::string> completion_script(const CLI::App& app, std::string_view shell);

}  // namespace peek
