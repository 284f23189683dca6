// SPDX-License-Identifier: BSD-2-Clause
// What the kernel must say about a packet, worked out by user space's decoder and rule sets: the
// two parsers have no line in common. Scans, which have a memory, are not part of it.
#pragma once

#include <peek/abi.h>

#include "rules/rule_set.h"
#include "source/packet_source.h"
#include "support/frame_builder.h"

namespace peek::test {

struct Verdict {
    FamilyMask families = 0;
    peek_reason reason = PEEK_REASON_NONE;
    bool header_chain = false;  // longer than both parsers follow
    bool ignored = false;       // would be no clean packet without the ignore list
};

Verdict reference_verdict(const Bytes& frame, LinkType link, const RuleSets& rules);

// The counters that a packet with this verdict must move, all others staying as they are.
peek_counters expected_counters(const Verdict& verdict);

}  // namespace peek::test
