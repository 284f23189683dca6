// SPDX-License-Identifier: BSD-2-Clause
// Alerts for a person, one line each. Nothing from the network reaches the terminal unescaped.
#pragma once

#include <memory>
#include <string>

#include "sink/sink.h"

namespace peek {

// `fd` stays the caller's. Whether to colour is the caller's decision too (isatty, NO_COLOR).
std::unique_ptr<Sink> make_console(int fd, bool colour);

// The line without its line end.
std::string format_alert(const Alert& alert, bool colour);

}  // namespace peek
