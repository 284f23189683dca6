// SPDX-License-Identifier: BSD-2-Clause
// What CLI11 finds wrong, in words that say what, where and what to do.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace peek {

// `app` is the program's, after the parsing that ended with `error`.
std::string text_of(const CLI::ParseError& error, const CLI::App& app);

}  // namespace peek
