// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/capabilities.h"

#include <cap-ng.h>
#include <linux/capability.h>

#include <array>

namespace peek {

namespace {

struct Needed {
    unsigned capability;
    const char* name;
    bool in_sys_admin;  // CAP_SYS_ADMIN includes it
};

constexpr std::array kNeeded{Needed{CAP_BPF, "CAP_BPF", true},
                             Needed{CAP_PERFMON, "CAP_PERFMON", true},
                             Needed{CAP_NET_ADMIN, "CAP_NET_ADMIN", false}};

}  // namespace

bool has_capability(unsigned capability) {
    return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, capability) != 0;
}

std::vector<std::string> missing_capabilities() {
    std::vector<std::string> missing;
    for (const Needed& needed : kNeeded)
        if (!has_capability(needed.capability) &&
            !(needed.in_sys_admin && has_capability(CAP_SYS_ADMIN)))
            missing.emplace_back(needed.name);
    return missing;
}

Result<void> check_capabilities() {
    std::string names;
    for (const std::string& name : missing_capabilities())
        names += (names.empty() ? "" : ", ") + name;
    if (names.empty()) return {};
    return Error{"monitoring needs " + names +
                 ", which this process lacks; run it as root, or see `peek-xdp doctor`"};
}

}  // namespace peek
