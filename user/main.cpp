// SPDX-License-Identifier: BSD-2-Clause
#include <csignal>
#include <cstdlib>

#include "app/cli.h"

int main(int argc, char** argv) {
    // A closed pipe and a file at its size limit are errors of one write, reported by whoever
    // wrote; they must end nothing.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::exit(peek::run_command_line(argc, argv));
}
