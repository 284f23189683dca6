// SPDX-License-Identifier: BSD-2-Clause
#include "app/service.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include "app/clock.h"

namespace peek {

namespace {

constexpr Nanoseconds kStatusInterval = std::chrono::seconds(1);

// Type=notify-reload wants to know when, by this clock.
int64_t monotonic_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(monotonic()).count();
}

}  // namespace

std::string service_status(const Ledger& ledger) {
    uint64_t seen = 0;
    uint64_t candidates = 0;
    uint64_t lost = 0;
    for (const LedgerEntry& entry : ledger.entries) {
        seen += entry.seen;
        candidates += entry.candidates;
        lost += lost_total(entry);
    }
    return fmt::format("seen {}, candidates {}, lost {}, records {}; {}", seen, candidates, lost,
                       ledger.records, is_complete(ledger) ? "complete" : "NOT complete");
}

Service::Service() {
    uint64_t timeout_us = 0;
    // A quarter: one look that comes late must not end a healthy monitor.
    if (::sd_watchdog_enabled(0, &timeout_us) > 0)
        feed_interval_ = std::chrono::microseconds(timeout_us) / 4;
}

void Service::ready() {
    ::sd_notify(0, "READY=1");
}

void Service::reloading() {
    ::sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us()).c_str());
}

void Service::stopping() {
    ::sd_notify(0, "STOPPING=1");
}

void Service::tick(Nanoseconds now, uint64_t progress, const std::function<Ledger()>& ledger) {
    if (now >= next_status_) {
        next_status_ = now + kStatusInterval;
        ::sd_notify(0, ("STATUS=" + service_status(ledger())).c_str());
    }
    if (feed_interval_ == Nanoseconds{0} || now < next_feed_ || progress == fed_progress_) return;
    fed_progress_ = progress;
    next_feed_ = now + feed_interval_;
    ::sd_notify(0, "WATCHDOG=1");
}

}  // namespace peek
