// SPDX-License-Identifier: BSD-2-Clause
#include "alert/ledger.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

LedgerEntry balanced() {
    LedgerEntry entry;
    entry.interface = "eth0";
    entry.seen = 100;
    entry.passed_clean = 90;
    entry.candidates = 8;
    entry.delivered = 5;
    entry.lost = {2, 1};
    entry.undecided = {2};
    return entry;
}

LedgerEntry clean() {
    LedgerEntry entry;
    entry.interface = "eth0";
    entry.seen = 100;
    entry.passed_clean = 95;
    entry.candidates = entry.delivered = 5;
    return entry;
}

Ledger ledger_of(const LedgerEntry& entry, Ledger::Moment moment = Ledger::Moment::kEnd) {
    Ledger ledger;
    ledger.moment = moment;
    ledger.entries = {entry};
    return ledger;
}

TEST(Ledger, BothEquationsHoldWhenEveryPacketIsAccountedFor) {
    EXPECT_TRUE(check(balanced()).seen_adds_up);
    EXPECT_TRUE(check(balanced()).candidates_add_up);
    EXPECT_EQ(in_ring(balanced()), 0);
}

TEST(Ledger, APacketThatIsNowhereBreaksTheFirstEquation) {
    LedgerEntry entry = balanced();
    ++entry.seen;
    EXPECT_FALSE(check(entry).seen_adds_up);
    EXPECT_TRUE(check(entry).candidates_add_up);
}

TEST(Ledger, AnUndecidedPacketCountsInTheFirstEquation) {
    LedgerEntry entry = balanced();
    ++entry.undecided[PEEK_UNDECIDED_READ_FAILED];
    EXPECT_FALSE(check(entry).seen_adds_up);
}

TEST(Ledger, ACandidateThatIsNowhereIsInTheRing) {
    LedgerEntry entry = balanced();
    entry.delivered -= 3;
    EXPECT_TRUE(check(entry).seen_adds_up);
    EXPECT_FALSE(check(entry).candidates_add_up);
    EXPECT_EQ(in_ring(entry), 3);
}

TEST(Ledger, MoreDeliveredThanHandedOverIsANegativeRing) {
    LedgerEntry entry = balanced();
    entry.delivered += 4;
    EXPECT_EQ(in_ring(entry), -4);
}

TEST(Ledger, BlindPacketsStandOutsideTheEquations) {
    LedgerEntry entry = balanced();
    entry.blind = {7, 8, 9};
    EXPECT_TRUE(check(entry).seen_adds_up);
    EXPECT_TRUE(check(entry).candidates_add_up);
}

TEST(Ledger, IsCompleteWhenNothingIsMissing) {
    EXPECT_TRUE(is_complete(ledger_of(clean())));
    EXPECT_TRUE(is_complete(Ledger{}));
}

TEST(Ledger, AnyReasonOfAnyKindMakesItIncomplete) {
    for (size_t i = 0; i < PEEK_LOST_COUNT; ++i) {
        LedgerEntry entry = clean();
        entry.lost.at(i) = 1;
        EXPECT_FALSE(is_complete(ledger_of(entry, Ledger::Moment::kStatus))) << lost_name(i);
    }
    for (size_t i = 0; i < PEEK_UNDECIDED_COUNT; ++i) {
        LedgerEntry entry = clean();
        entry.undecided.at(i) = 1;
        EXPECT_FALSE(is_complete(ledger_of(entry, Ledger::Moment::kStatus))) << undecided_name(i);
    }
    for (size_t i = 0; i < PEEK_BLIND_COUNT; ++i) {
        LedgerEntry entry = clean();
        entry.blind.at(i) = 1;
        EXPECT_FALSE(is_complete(ledger_of(entry, Ledger::Moment::kStatus))) << blind_name(i);
    }
}

TEST(Ledger, WhatTheControllerForgotOrCouldNotWriteMakesItIncomplete) {
    Ledger forgot = ledger_of(clean());
    forgot.user_blind = {{"tcp_state_evicted", 0}, {"state_reset", 0}};
    EXPECT_TRUE(is_complete(forgot));
    forgot.user_blind[0].value = 1;
    EXPECT_FALSE(is_complete(forgot));
    Ledger unwritten = ledger_of(clean());
    unwritten.output.log_write_failed = 1;
    EXPECT_FALSE(is_complete(unwritten));
}

TEST(Ledger, AnEquationThatFailsCountsOnlyAtTheEnd) {
    LedgerEntry entry = clean();
    --entry.delivered;
    EXPECT_TRUE(is_complete(ledger_of(entry, Ledger::Moment::kPeriodic)));
    EXPECT_FALSE(is_complete(ledger_of(entry, Ledger::Moment::kEnd)));
}

TEST(Ledger, OneIncompleteEntryOfSeveralIsEnough) {
    Ledger ledger = ledger_of(clean());
    ledger.entries.push_back(balanced());
    EXPECT_FALSE(is_complete(ledger));
}

TEST(Ledger, ReasonsHaveNames) {
    EXPECT_EQ(lost_name(PEEK_LOST_RING_FULL), "ring_full");
    EXPECT_EQ(lost_name(PEEK_LOST_NO_CONTROLLER), "no_controller");
    EXPECT_EQ(lost_name(kLostNotUnderstood), "not_understood");
    EXPECT_EQ(undecided_name(PEEK_UNDECIDED_READ_FAILED), "read_failed");
    EXPECT_EQ(blind_name(PEEK_BLIND_SCAN_STATE_EVICTED), "scan_state_evicted");
    EXPECT_EQ(blind_name(PEEK_BLIND_PAYLOAD_TRUNCATED), "payload_truncated");
    EXPECT_EQ(blind_name(PEEK_BLIND_HEADER_CHAIN), "header_chain");
}

}  // namespace
}  // namespace peek
