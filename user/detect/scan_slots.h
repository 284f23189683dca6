// SPDX-License-Identifier: BSD-2-Clause
// ScanSlots: when which ports of one host were probed by one source, in bounded space.
//
// A slot is a port and an interval of packet time: the port was probed at both ends, and between
// them at gaps no longer than the window W. Slots of one port are more than W apart. Nothing is
// lost by keeping intervals instead of probes:
//
//   A closed window of length W meets a slot exactly when it holds one of the slot's probes.
//   If it holds a probe it meets the slot. If it meets the slot and held none of its probes, it
//   would lie strictly between two neighbouring ones (the ends are probes), whose gap would
//   then be longer than W.
//
// and two slots of one port never meet the same window, so that slots met are distinct ports. Which
// slots there are depends only on the set of probe times, not on the order of arrival: they are its
// classes under "reachable by gaps of at most W".
#pragma once

#include <optional>
#include <vector>

#include "detect/port_set.h"
#include "rules/rule_set.h"
#include "source/packet_source.h"
#include "util/time.h"

namespace peek {

// t + by, held at the ends of what a Timestamp can say: times come from files.
Timestamp shifted(Timestamp t, Nanoseconds by);

// Ports of one scan and the packet times it reaches from and to.
struct ScanExtent {
    PortSet ports;
    Timestamp first{};
    Timestamp last{};

    void add(uint16_t port, Timestamp time);
};

class ScanSlots {
  public:
    // Adds the probes of one port. When there is no room, the slot that is farthest from `now`, the
    // time of the probe being judged, is forgotten. False when a later probe within `window` of
    // `now` could have needed it.
    bool add(const ProbeInterval& probes, Timestamp now, Nanoseconds window);

    // The earliest window of rule.window that holds `time` and at least rule.ports ports. `first`
    // is the earliest time in it at which a probe is known to have been: a slot's end or `time`.
    // What a slot holds before the window does not count, or a service in steady use would date a
    // scan back to its first connection. `last` is the latest probe of these slots.
    std::optional<ScanExtent> crossing(Timestamp time, const ScanRule& rule) const;

    // Whether a probe at `time` could share a window with any of these.
    bool live(Timestamp time, Nanoseconds window) const;
    void clear() { slots_.clear(); }

  private:
    uint32_t count_met(Timestamp start, Timestamp end) const;
    std::optional<Timestamp> earliest_window(Timestamp time, const ScanRule& rule) const;
    bool replace_farthest(const ProbeInterval& added, Timestamp now, Nanoseconds window);

    std::vector<ProbeInterval> slots_;  // at most PEEK_SCAN_SLOTS
};

}  // namespace peek
