// SPDX-License-Identifier: BSD-2-Clause
#include "sink/ledger_table.h"

#include <gtest/gtest.h>

namespace peek {
namespace {

LedgerEntry entry(const std::string& interface, Hook hook) {
    LedgerEntry entry;
    entry.interface = interface;
    entry.hook = hook;
    entry.seen = 123456;
    entry.passed_clean = 123000;
    entry.candidates = entry.delivered = 456;
    return entry;
}

Ledger complete() {
    Ledger ledger;
    ledger.moment = Ledger::Moment::kEnd;
    ledger.generation = 3;
    ledger.sets = {{RuleList::kIp, "ips.cfg", "0123abcd", 1000}};
    ledger.entries = {entry("eth0", Hook::kIngress), entry("wlan0", Hook::kEgress)};
    ledger.records = 12;
    ledger.alerts_counted = 12;
    return ledger;
}

std::string missing(const Ledger& ledger) {
    const std::string table = ledger_table(ledger);
    const size_t start = table.find("not complete:\n");
    return start == std::string::npos ? "" : table.substr(start);
}

TEST(LedgerTable, ShowsARowAHookTheRulesAndThatNothingIsMissing) {
    EXPECT_EQ(ledger_table(complete()),
              "interface  hook       seen  passed clean  candidates  delivered  lost  undecided  "
              "blind  in ring\n"
              "eth0       ingress  123456        123000         456        456     0          0  "
              "    0        0\n"
              "wlan0      egress   123456        123000         456        456     0          0  "
              "    0        0\n"
              "rules, generation 3:\n"
              "  ip           1000 entries from ips.cfg (sha256 0123abcd)\n"
              "records: 12; alerts stand for 12\n"
              "complete: nothing lost, undecided, blind or unwritten\n");
}

TEST(LedgerTable, TellsWhyThereWereCandidatesOverAllHooks) {
    Ledger ledger = complete();
    ledger.entries[0].candidates_by_reason = {0, 400, 0, 0, 56};
    ledger.entries[1].candidates_by_reason = {0, 1, 0, 0, 0, 0, 455};
    EXPECT_NE(ledger_table(ledger).find("\ncandidates by reason: ip 401, dns 56, scan 455\n"),
              std::string::npos)
        << ledger_table(ledger);
}

TEST(LedgerTable, TellsWhatWasIgnoredAndWhichAlertsLackEvidence) {
    Ledger ledger = complete();
    ledger.entries[0].ignored = 3;
    ledger.entries[1].ignored = 4;
    ledger.losses_counted = 5;
    const std::string table = ledger_table(ledger);
    EXPECT_NE(table.find("\nignored: 7 of the clean packets, by the ignore lists\n"),
              std::string::npos);
    EXPECT_NE(table.find("alerts stand for 12, of them 5 with evidence lost\n"), std::string::npos);
}

TEST(LedgerTable, NamesEveryReasonThatCounts) {
    Ledger ledger = complete();
    ledger.moment = Ledger::Moment::kStatus;
    ledger.entries[0].lost = {3, 1, 9};
    ledger.entries[0].unattributed = {0, 2};
    ledger.entries[1].undecided = {2};
    ledger.entries[1].blind = {0, 7, 8};
    ledger.user_blind = {{"tcp_gap_given_up", 4}, {"header_cut", 0}, {"state_reset", 6}};
    ledger.output.log_write_failed = 5;
    EXPECT_EQ(missing(ledger),
              "not complete:\n"
              "  eth0 ingress: lost: ring_full 3, no_controller 1, not_understood 9\n"
              "  eth0 ingress: lost without an alert: scan 2\n"
              "  wlan0 egress: undecided: read_failed 2\n"
              "  wlan0 egress: blind: payload_truncated 7, header_chain 8\n"
              "  controller: blind: tcp_gap_given_up 4\n"
              "  controller: blind: state_reset 6\n"
              "  output: lost: log_write_failed 5\n");
}

TEST(LedgerTable, SaysAtTheEndWhichEquationFails) {
    Ledger ledger = complete();
    ledger.entries[0].seen += 1;
    ledger.entries[1].delivered -= 6;
    EXPECT_EQ(missing(ledger),
              "not complete:\n"
              "  eth0 ingress: does not add up: seen 123457 is not passed clean 123000 + "
              "candidates 456 + undecided 0\n"
              "  wlan0 egress: does not add up: candidates 456 is not delivered 450 + lost 0\n");
}

TEST(LedgerTable, ShowsWhatIsInTheRingWhileTrafficRuns) {
    Ledger ledger = complete();
    ledger.moment = Ledger::Moment::kStatus;
    ledger.entries.resize(1);
    ledger.entries[0].delivered -= 6;
    const std::string table = ledger_table(ledger);
    EXPECT_NE(table.find("      0        6\n"), std::string::npos) << table;
    EXPECT_EQ(missing(ledger), "");
}

TEST(LedgerTable, WithoutInterfacesAndRulesSaysSo) {
    EXPECT_EQ(ledger_table(Ledger{}),
              "rules, generation 0: none loaded\n"
              "records: 0; alerts stand for 0\n"
              "complete: nothing lost, undecided, blind or unwritten; no rule lists are loaded\n");
}

TEST(LedgerTable, EscapesNamesThatCouldSteerTheTerminal) {
    Ledger ledger = complete();
    ledger.entries[0].interface = "e\x1b[2J";
    ledger.sets[0].file = "ips\n.cfg";
    EXPECT_EQ(ledger_table(ledger).find('\x1b'), std::string::npos);
    EXPECT_NE(ledger_table(ledger).find("from ips\\x0a.cfg "), std::string::npos);
}

}  // namespace
}  // namespace peek
