// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "app/options.h"

namespace peek {

// Inspects the files one by one, each with state of its own, or joined (options.continuous).
// Returns the exit status; a file that cannot be read (whole) is reported and the next one is
// inspected.
int run_pcap(const PcapOptions& options);

}  // namespace peek
