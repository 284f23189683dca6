// SPDX-License-Identifier: BSD-2-Clause
// What the fuzz targets share: an engine with rules of every family, and input taken apart.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/engine.h"

namespace peek::fuzz {

using Bytes = std::span<const uint8_t>;

// Ends the run as a finding: for what must hold whatever the input is.
inline void expect(bool holds) {
    if (!holds) std::abort();
}

// Rules of all families, short enough for a fuzzer to hit and long enough to be split.
const RuleSets& sample_rules();

// Takes bytes off the front of an input; zeros when it is used up.
class Input {
  public:
    explicit Input(Bytes bytes) : rest_(bytes) {}
    bool empty() const { return rest_.empty(); }
    uint8_t byte() { return take(1).empty() ? 0 : last_[0]; }
    uint16_t word() { return static_cast<uint16_t>(byte() << 8 | byte()); }
    // At most `size` bytes; fewer at the end.
    Bytes take(size_t size) {
        last_ = rest_.first(size < rest_.size() ? size : rest_.size());
        rest_ = rest_.subspan(last_.size());
        return last_;
    }
    Bytes rest() { return take(rest_.size()); }

  private:
    Bytes rest_;
    Bytes last_;
};

// An engine that gathers what is found as (family, rule).
class Inspection : MatchSink {
  public:
    using Found = std::set<std::pair<Family, RuleId>>;

    // The bytes are inspected before it returns.
    void see(LinkType link, Bytes frame, Nanoseconds after = Nanoseconds{0});
    Found finish();

  private:
    void on_match(const Match& match, const RuleSets& rules) override;

    Engine engine_{*this};
    Found found_;
    PacketView view_;
};

// An Ethernet frame around `payload`. `seq`: of its first byte.
std::vector<uint8_t> tcp_frame(uint16_t port, uint32_t seq, Bytes payload);
std::vector<uint8_t> udp_frame(uint16_t port, Bytes payload);

}  // namespace peek::fuzz
