// SPDX-License-Identifier: BSD-2-Clause
// Detector: one rule family. It comes in two parts, so that packets can be inspected on many
// threads while flow and scan state advance in packet order:
//   an Inspector per worker looks at one packet at a time and keeps nothing between packets;
//   the Detector itself is given, in packet order, what the inspectors found.
// Neither reads a clock, does I/O or knows where packets come from.
#pragma once

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "decode/packet.h"
#include "detect/match.h"
#include "rules/rule_set.h"
#include "source/packet_source.h"

namespace peek {

// What an inspector hands to its detector: a finished match, or input for ordered state.
using Observation = std::variant<Match, ScanProbe>;

struct Counter {
    std::string_view name;  // static storage
    uint64_t value;
};

class Inspector {
  public:
    virtual ~Inspector() = default;
    // Appends at most one observation to `out`. The packet's family mask has been checked and the
    // family has rules. Called for one packet at a time; not thread-safe.
    virtual void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                         std::vector<Observation>& out) = 0;
    // Malformed input met, by name. Same names in the same order on every call.
    virtual std::vector<Counter> counters() const { return {}; }
};

class Detector {
  public:
    virtual ~Detector() = default;
    virtual Family family() const = 0;
    // A new inspector for one worker; it may outlive neither the detector nor be shared.
    virtual std::unique_ptr<Inspector> make_inspector() const = 0;
    // In packet order. Stateless families pass the match on.
    virtual void commit(Observation&& observation, const RuleSets& rules, MatchSink& sink) = 0;
    // Packet time has reached `now`: report whatever ended before it, earliest first. `rules` are
    // the current sets.
    virtual void expire(Timestamp now, const RuleSets& rules, MatchSink& sink);
    // The input has ended: report whatever is still open.
    virtual void finish(const RuleSets& rules, MatchSink& sink);
    virtual std::vector<Counter> counters() const { return {}; }
};

// The five detectors in the order in which a packet's matches are reported.
std::vector<std::unique_ptr<Detector>> make_detectors();

}  // namespace peek
