// SPDX-License-Identifier: BSD-2-Clause
#pragma once

namespace peek {

// Parses the command line, runs the command and returns the exit status.
int run_command_line(int argc, char** argv);

}  // namespace peek
