// SPDX-License-Identifier: BSD-2-Clause
// The program's own messages, on standard error or, where that is the system journal, there: never
// records, never alerts. Any thread.
#pragma once

#include <functional>
#include <string_view>

#include "util/result.h"

namespace peek {

enum class Verbosity {
    kQuiet,
    kNormal,
    kVerbose
};  // warnings and errors; + info; + debug

void set_up_messages(Verbosity verbosity);
// Called before each message, to clear what stands on the terminal in its way; {}: nothing does.
void before_messages(std::function<void()> clear);
// `interface`: what the message is about, a field of the journal.
void say(std::string_view text, std::string_view interface = {});
void say_detail(std::string_view text);
void warn(std::string_view text, std::string_view interface = {});
// Prints the error and returns the exit status that it stands for.
int fail(const Error& error);

}  // namespace peek
