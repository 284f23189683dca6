// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

#include "app/control_protocol.h"

namespace peek {

// Sends one request to the monitor at `path` and waits for its reply.
Result<ControlReply> ask_monitor(const std::string& path, const ControlRequest& request);
// The same for a reply that a stream follows; see receive_stream().
Result<ControlReply> ask_for_stream(const std::string& path, const ControlRequest& request,
                                    const std::function<bool(std::string_view)>& take);

}  // namespace peek
