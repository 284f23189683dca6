// SPDX-License-Identifier: BSD-2-Clause
#include "app/ledger_samples.h"

#include <algorithm>

namespace peek {

namespace {

constexpr std::chrono::milliseconds kLeastInterval{500};

uint64_t seen_total(const Ledger& ledger) {
    uint64_t total = 0;
    for (const LedgerEntry& entry : ledger.entries) total += entry.seen;
    return total;
}

// An interface that appeared since has no row in the older one.
LedgerEntry entry_before(const Ledger& before, const LedgerEntry& entry) {
    const auto found = std::find_if(before.entries.begin(), before.entries.end(), [&](auto& e) {
        return e.interface == entry.interface && e.hook == entry.hook;
    });
    return found == before.entries.end() ? entry : *found;
}

}  // namespace

void LedgerSamples::add(Ledger ledger, Nanoseconds now) {
    if (seen_total(ledger) != (newer_ ? seen_total(newer_->ledger) : 0)) last_seen_ = now;
    older_ = std::move(newer_);
    newer_ = Sample{std::move(ledger), now};
}

std::optional<LedgerRates> LedgerSamples::rates(const Ledger& ledger, Nanoseconds now) const {
    const auto& base = newer_ && now - newer_->time >= kLeastInterval ? newer_ : older_;
    if (!base || now - base->time < kLeastInterval) return std::nullopt;
    LedgerRates rates;
    rates.seconds = std::chrono::duration<double>(now - base->time).count();
    const auto rate = [&](uint64_t before, uint64_t after) {
        return after < before ? 0 : static_cast<double>(after - before) / rates.seconds;
    };
    for (const LedgerEntry& e : ledger.entries) {
        const LedgerEntry before = entry_before(base->ledger, e);
        LedgerRates::PerSecond& per_second = rates.entries.emplace_back();
        std::transform(kLedgerColumns.begin(), kLedgerColumns.end(), per_second.begin(),
                       [&](const LedgerColumn& column) {
                           return rate(column.value(before), column.value(e));
                       });
    }
    rates.records = rate(base->ledger.records, ledger.records);
    return rates;
}

}  // namespace peek
