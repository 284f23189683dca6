// SPDX-License-Identifier: BSD-2-Clause
// Capture files through libpcap: every format it reads, "-" for standard input.
#pragma once

#include <memory>
#include <string>

#include "source/packet_source.h"

namespace peek {

// Errors: cannot be opened, not a capture, a link type that is not supported (by its name).
Result<std::unique_ptr<PacketSource>> open_pcap(const std::string& path);

}  // namespace peek
