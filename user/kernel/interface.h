// SPDX-License-Identifier: BSD-2-Clause
// What the kernel says of a network interface of this network namespace.
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <optional>
#include <string>

#include "util/result.h"

namespace peek {

struct InterfaceInfo {
    std::string name;
    uint32_t ifindex = 0;
    peek_link_type link = PEEK_LINK_ETHERNET;
    uint32_t mtu = 0;  // bytes, without the link header
};

// Looks an interface up by name. Usage errors: no such interface; a link type that is neither
// Ethernet nor raw IP, by name.
Result<InterfaceInfo> find_interface(const std::string& name);

// What may change of an interface while it is monitored.
struct LinkState {
    std::string name;
    bool up = false;  // administratively: `ip link set up`
};
// Nothing when this network namespace has no such interface.
std::optional<LinkState> link_state(uint32_t ifindex);

// The driver of a device on a bus; empty for virtual interfaces.
std::string driver_name(const std::string& name);

// Received frames that the NIC or its driver dropped since it came up: before any hook.
uint64_t drops_before_hook(const std::string& name);

}  // namespace peek
