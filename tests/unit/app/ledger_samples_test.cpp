// SPDX-License-Identifier: BSD-2-Clause
#include "app/ledger_samples.h"

#include <gtest/gtest.h>

namespace peek {

namespace {

using std::chrono::milliseconds;

constexpr size_t kSeen = 0;  // of kLedgerColumns

Ledger seen(uint64_t packets) {
    Ledger ledger;
    LedgerEntry entry;
    entry.interface = "eth0";
    entry.seen = packets;
    ledger.entries = {entry};
    return ledger;
}

TEST(LedgerSamples, HaveNoRatesBeforeTheFirstSample) {
    const LedgerSamples samples;
    EXPECT_FALSE(samples.rates(seen(10), milliseconds(1000)));
}

TEST(LedgerSamples, MeasureFromTheLatestSampleThatIsOldEnough) {
    LedgerSamples samples;
    samples.add(seen(0), milliseconds(0));
    samples.add(seen(100), milliseconds(1000));
    const auto since_newer = samples.rates(seen(300), milliseconds(2000));
    ASSERT_TRUE(since_newer);
    EXPECT_DOUBLE_EQ(since_newer->entries[0][kSeen], 200);
    const auto since_older = samples.rates(seen(150), milliseconds(1250));
    ASSERT_TRUE(since_older);
    EXPECT_DOUBLE_EQ(since_older->entries[0][kSeen], 120);
    EXPECT_DOUBLE_EQ(since_older->seconds, 1.25);
}

TEST(LedgerSamples, AnInterfaceThatAppearedHasNoRateYet) {
    LedgerSamples samples;
    samples.add(Ledger{}, milliseconds(0));
    const auto rates = samples.rates(seen(1'000'000), milliseconds(1000));
    ASSERT_TRUE(rates);
    EXPECT_DOUBLE_EQ(rates->entries[0][kSeen], 0);
}

TEST(LedgerSamples, TellWhenAPacketWasSeenLast) {
    LedgerSamples samples;
    samples.add(seen(0), milliseconds(1000));
    EXPECT_FALSE(samples.last_seen());
    samples.add(seen(5), milliseconds(2000));
    samples.add(seen(5), milliseconds(3000));
    EXPECT_EQ(samples.last_seen(), milliseconds(2000));
}

}  // namespace

}  // namespace peek
