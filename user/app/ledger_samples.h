// SPDX-License-Identifier: BSD-2-Clause
// LedgerSamples: the ledger of a running monitor as it was a second or two ago, for rates. One
// thread.
#pragma once

#include <array>
#include <optional>

#include "alert/ledger.h"
#include "util/time.h"

namespace peek {

struct LedgerRates {
    double seconds = 0;  // that they are measured over
    using PerSecond = std::array<double, kLedgerColumns.size()>;
    std::vector<PerSecond> entries;  // as in the ledger that they were asked for
    double records = 0;
};

class LedgerSamples {
  public:
    // Once a second or less often. `now` is a clock that does not step.
    void add(Ledger ledger, Nanoseconds now);
    // From the latest sample that is at least half a second old to `ledger`; nothing before one is.
    std::optional<LedgerRates> rates(const Ledger& ledger, Nanoseconds now) const;
    // When a hook saw a packet last, as far as the samples tell.
    std::optional<Nanoseconds> last_seen() const { return last_seen_; }

  private:
    struct Sample {
        Ledger ledger;
        Nanoseconds time;
    };
    std::optional<Sample> older_;
    std::optional<Sample> newer_;
    std::optional<Nanoseconds> last_seen_;
};

}  // namespace peek
