// SPDX-License-Identifier: BSD-2-Clause
// The program's own messages, on standard error: never records, never alerts. Any thread.
#pragma once

#include <string_view>

#include "util/result.h"

namespace peek {

enum class Verbosity {
    kQuiet,
    kNormal,
    kVerbose
};  // warnings and errors; + info; + debug

void set_up_messages(Verbosity verbosity);
void say(std::string_view text);
void say_detail(std::string_view text);
void warn(std::string_view text);
// Prints the error and returns the exit status that it stands for.
int fail(const Error& error);

}  // namespace peek
