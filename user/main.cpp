// SPDX-License-Identifier: BSD-2-Clause
#include <csignal>
#include <cstdlib>

#include "app/cli.h"

int main(int argc, char** argv) {
    // A closed pipe is an error of one write, reported by whoever wrote; it must end nothing.
    std::signal(SIGPIPE, SIG_IGN);
    std::exit(peek::run_command_line(argc, argv));
}
