// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <cstdint>
#include <string>

namespace peek {

// IANA's keyword, which Suricata uses too ("TCP", "IPv6-ICMP"); a number for what has none here.
std::string protocol_name(uint8_t protocol);

}  // namespace peek
