// SPDX-License-Identifier: BSD-2-Clause
// hold_thread TID SECONDS: stops one thread of a process and lets it go again.
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: hold_thread TID SECONDS\n", stderr);
        return 2;
    }
    const auto thread = static_cast<pid_t>(std::strtol(argv[1], nullptr, 10));
    if (ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0 ||
        ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) != 0) {
        std::perror("ptrace");
        return 1;
    }
    waitpid(thread, nullptr, __WALL);
    sleep(static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
    ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
    return 0;
}
