// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_DOMAIN: a DNS query over UDP or TCP, with one of RuleSets::dns_ports on either side, asks
// for a blacklisted name. Every question of every query that lies wholly in the packet is looked
// at.
#pragma once

#include <memory>

#include "detect/inspector.h"

namespace peek {

// Of datagrams, the innermost one and those around whatever is in them.
std::unique_ptr<Inspector> make_domain_inspector();
// Of a TCP segment on its own.
std::unique_ptr<Inspector> make_segment_domain_inspector();

bool on_dns_port(uint16_t src_port, uint16_t dst_port, const RuleSets& rules);

}  // namespace peek
