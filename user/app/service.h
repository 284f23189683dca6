// SPDX-License-Identifier: BSD-2-Clause
// Service: what a monitor tells the service manager that started it (sd_notify(3)). Without one it
// does nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "alert/ledger.h"
#include "util/time.h"

namespace peek {

// "seen 12, candidates 3, lost 0, records 1; complete": the sums over all interfaces and hooks.
std::string service_status(const Ledger& ledger);

class Service {
  public:
    // Reads WATCHDOG_USEC.
    Service();

    void ready();
    // Around a reload: between the two, `systemctl reload` waits.
    void reloading();
    void stopping();

    // Every second or so. Tells the ledger, and feeds the watchdog if `progress` has advanced since
    // it was fed last: a thread that hangs is noticed although this one runs.
    void tick(Nanoseconds now, uint64_t progress, const std::function<Ledger()>& ledger);

  private:
    Nanoseconds next_status_{0};
    Nanoseconds feed_interval_{0};  // 0: no watchdog
    Nanoseconds next_feed_{0};
    uint64_t fed_progress_ = 0;
};

}  // namespace peek
