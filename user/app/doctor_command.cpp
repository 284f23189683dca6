// SPDX-License-Identifier: BSD-2-Clause
#include "app/doctor_command.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "app/doctor.h"
#include "app/exit_status.h"
#include "app/messages.h"

namespace peek {

int run_doctor(const std::string& interface, bool json) {
    std::error_code ec;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", ec);
    std::vector<Check> checks = check_host(probe_host(), program);
    if (!interface.empty()) {
        auto facts = probe_interface(interface);
        const std::vector<Check> more =
            facts ? check_interface(*facts)
                  : std::vector{Check::failure("interface", facts.error().text, "ip -brief link")};
        checks.insert(checks.end(), more.begin(), more.end());
    }
    const std::string text = json ? checks_json(checks) : checks_text(checks);
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
        return fail(system_error("standard output", errno));
    return any_fails(checks) ? kExitFailed : kExitDone;
}

}  // namespace peek
