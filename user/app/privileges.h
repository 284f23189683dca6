// SPDX-License-Identifier: BSD-2-Clause
// What a monitor may do. It starts with what it was given, gives up at once what no monitor needs,
// and once attached all but what rule updates, detaching and interfaces that appear later need.
//
// Capabilities belong to threads: both are called before another thread is started.
#pragma once

#include <string>
#include <vector>

#include "util/result.h"

namespace peek {

// Sets no_new_privs. Keeps, of what this process has: CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN;
// CAP_NET_RAW for promiscuous mode; CAP_SYS_ADMIN and CAP_SYS_PTRACE, by which the kernel lets us
// name the programs of others and their owners (CAP_SYS_ADMIN also on behalf of CAP_BPF);
// CAP_DAC_OVERRIDE for the user's files.
Result<void> keep_what_attaching_needs();

// Files that are opened again while the monitor runs.
struct FilesInUse {
    std::vector<std::string> read;
    std::vector<std::string> written;  // their directories, too: they are created anew
};
// Keeps CAP_BPF and CAP_NET_ADMIN; CAP_DAC_OVERRIDE only where one of the files could not be opened
// again without it. Returns the names of what is kept, for a message.
Result<std::string> keep_what_running_needs(const FilesInUse& files);

}  // namespace peek
