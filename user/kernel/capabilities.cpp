// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/capabilities.h"

#include <linux/capability.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

namespace peek {

namespace {

struct Needed {
    unsigned bit;
    const char* name;
    bool in_sys_admin;  // CAP_SYS_ADMIN includes it
};

constexpr std::array kNeeded{
    Needed{CAP_BPF, "CAP_BPF", true}, Needed{CAP_PERFMON, "CAP_PERFMON", true},
    Needed{CAP_NET_ADMIN, "CAP_NET_ADMIN", false},
    Needed{CAP_NET_RAW, "CAP_NET_RAW", false},  // the socket that holds promiscuous mode
};

uint64_t effective_capabilities() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("CapEff:")) return std::stoull(line.substr(7), nullptr, 16);
    return 0;
}

}  // namespace

Result<void> check_capabilities() {
    const uint64_t have = effective_capabilities();
    const auto has = [&](unsigned bit) { return (have >> bit & 1) != 0; };
    std::string missing;
    for (const Needed& n : kNeeded)
        if (!has(n.bit) && !(n.in_sys_admin && has(CAP_SYS_ADMIN)))
            missing += (missing.empty() ? "" : ", ") + std::string(n.name);
    if (missing.empty()) return {};
    return Error{"monitoring needs " + missing + ", which this process lacks; run it as root"};
}

}  // namespace peek
