// SPDX-License-Identifier: BSD-2-Clause
#pragma once

namespace peek {

enum ExitStatus : int {
    kExitDone = 0,
    kExitFailed = 1,         // failed while running, input not read whole, records lost, no monitor
    kExitUsage = 2,          // wrong usage, no such capture, or bad rules
    kExitFound = 3,          // --exit-code: there were records
    kExitInterrupted = 130,  // pcap ended by SIGINT
    kExitTerminated = 143,   // and by SIGTERM
};

}  // namespace peek
