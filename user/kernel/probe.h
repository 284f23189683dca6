// SPDX-License-Identifier: BSD-2-Clause
// What this machine can do for a monitor, asked of the kernel, never guessed from its version.
// Nothing here changes anything that outlives the call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "util/result.h"

namespace peek {

struct Probe {
    enum class Found : uint8_t {
        kNo,
        kYes,
        kUnknown,  // it could not be asked, for want of a right
    };
    Found found = Found::kUnknown;
    int errnum = 0;  // why not, 0 when no call failed

    bool yes() const { return found == Found::kYes; }
    bool no() const { return found == Found::kNo; }
};

struct HostFacts {
    std::string release;  // as `uname -r` prints it
    Probe btf;
    Probe jit;                         // a program was compiled to machine code
    std::vector<std::string> missing;  // capabilities that monitoring cannot do without
    bool net_raw = false;              // holds CAP_NET_RAW: promiscuous mode
    uint64_t memlock_bytes = 0;        // RLIMIT_MEMLOCK; ~0: unlimited
    Probe tcx;
    Probe clsact;  // asked only where there is no tcx
    Probe bpffs;   // mounted at /sys/fs/bpf
    Probe rings;   // an array of ring buffers can be made
    Probe loads;   // our programs pass this kernel's verifier
    std::string load_error;
};

HostFacts probe_host();

}  // namespace peek
