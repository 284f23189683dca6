// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_SIGNATURE: a TCP or UDP payload contains a blacklisted string. A first fragment's payload
// is one; what later fragments carry is not seen without reassembly. Of a TCP payload the inspector
// says only which rules it contains.
#pragma once

#include <memory>

#include "detect/inspector.h"
#include "detect/rule_hits.h"

namespace peek {

std::unique_ptr<Inspector> make_signature_inspector();

// The match of a payload that contains `hits`, which is not empty.
Match signature_match(const PacketView& view, const Packet& packet, size_t ip_index,
                      RuleHits& hits);

}  // namespace peek
