// SPDX-License-Identifier: BSD-2-Clause
// PORT_SCAN: one source probes many ports of one host. A probe is a SYN without ACK.
//
// A scan of a pair begins with the first probe, in arrival order, after which some closed interval
// of length W in packet time holds at least N distinct destination ports: one match then. From then
// on every probe of the pair belongs to it, until the pair has been idle for longer than W or the
// input ends: a second match, whose packet is the latest probe in packet time. Arrival order and
// clock steps do not matter: see ScanSlots.
//
// Idle is a probe of the pair more than W after the scan's latest one, or packet time in general
// (expire()) that has moved on by more than W since that probe and since the scan's last arrival.
// The second condition keeps a clock that was set back from ending a running scan at each packet.
//
// Live, the kernel hands a pair over with what it counted before (ScanProbe::earlier). Merging that
// is idempotent, and leaves the state that seeing each of those probes would have left.
#pragma once

#include <map>
#include <memory>

#include "detect/inspector.h"
#include "detect/scan_pairs.h"

namespace peek {

class ScanDetector {
  public:
    struct Options {
        size_t max_pairs = 65'536;  // about 1.7 KiB each when every slot is in use
        uint64_t hash_seed = 0;
    };
    explicit ScanDetector(Options options);

    // In packet order.
    void commit(const ScanProbe& probe, const RuleSets& rules, MatchSink& sink);
    // Packet time has reached `now`: reports the scans that ended before it, in the order of their
    // idle deadlines, of equal ones in that of their last arrivals. `rules` are the current sets.
    void expire(Timestamp now, const RuleSets& rules, MatchSink& sink);
    // Whether expire() would report any.
    bool any_ends_before(Timestamp now) const {
        return !running_.empty() && running_.begin()->first.time < now;
    }
    // The input has ended: reports whatever is still open.
    void finish(const RuleSets& rules, MatchSink& sink);
    // Pairs, or ports of a pair that is below the threshold, that were forgotten although a later
    // probe could have needed them.
    uint64_t evicted() const { return evicted_; }

  private:
    struct Output {
        const RuleSets& rules;
        MatchSink& sink;
    };

    ScanPair& pair_of(const ScanProbe& probe, Output out);
    void learn(ScanPair& pair, const ScanProbe& probe);
    void begin(ScanPair& pair, const ScanProbe& probe, Output out);
    void extend(ScanPair& pair, const ScanProbe& probe);
    void end(ScanPair& pair, Output out);
    ScanDeadline deadline_of(const ScanPair& pair) const;

    ScanPairs pairs_;
    std::map<ScanDeadline, ScanPair*> running_;  // pairs with a scan
    Timestamp now_ = Timestamp::min();           // highest given to expire()
    uint64_t arrivals_ = 0;
    uint64_t evicted_ = 0;
};

// A SYN without ACK.
inline bool is_probe(const Packet& packet) {
    return packet.transport == Transport::kTcp &&
           (packet.tcp_flags & (PEEK_TCP_SYN | PEEK_TCP_ACK)) == PEEK_TCP_SYN;
}
// Probes, as input for the detector.
std::unique_ptr<Inspector> make_scan_inspector();
// With a random seed.
std::unique_ptr<ScanDetector> make_scan_detector();

}  // namespace peek
