// SPDX-License-Identifier: BSD-2-Clause
// Inspector: looks for one rule family in one packet at a time and keeps nothing between packets,
// so that every thread can have inspectors of its own. Reads no clock, does no I/O and does not
// know where packets come from.
#pragma once

#include <variant>
#include <vector>

#include "decode/dns.h"
#include "decode/packet.h"
#include "detect/match.h"
#include "rules/rule_set.h"
#include "source/packet_source.h"
#include "stream/http_stream.h"
#include "util/event_counters.h"

namespace peek {

// What was found in a packet: a finished match, or input for ordered state.
using Observation = std::variant<Match, ScanProbe, PayloadHits>;

// Malformed input and what was ignored.
struct InspectionCounts {
    EventCounters<DecodeEvent> decode;
    EventCounters<DnsEvent> dns;
    EventCounters<HttpEvent> http;
    uint64_t ignored = 0;              // packets from or to an ignored address
    uint64_t scan_probes_ignored = 0;  // probes from or to an address that scans exempt

    void add(const InspectionCounts& other);
    // In a fixed order, zero counters included.
    std::vector<Counter> named() const;
};

struct Findings {
    std::vector<Observation> observations;
    InspectionCounts counts;

    void clear() {
        observations.clear();
        counts = {};
    }
};

class Inspector {
  public:
    virtual ~Inspector() = default;
    // Appends at most one observation. The packet is an IP packet that is to be judged by this
    // family, and the family has rules. Not thread-safe.
    virtual void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                         Findings& out) = 0;
};

}  // namespace peek
