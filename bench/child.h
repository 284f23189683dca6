// SPDX-License-Identifier: BSD-2-Clause
// Runs a command and says what it took.
#pragma once

#include <string>
#include <vector>

namespace peek::bench {

struct Run {
    double seconds = 0;      // wall clock
    double cpu_seconds = 0;  // user and system, of all threads
    double anon_mib = 0;     // highest resident memory that is no file's, looked at every 5 ms
};

// Standard output and error go to the file `output`. Ends the program when the command fails.
Run run(const std::vector<std::string>& command, const std::string& output);

}  // namespace peek::bench
