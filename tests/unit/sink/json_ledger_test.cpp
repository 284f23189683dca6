// SPDX-License-Identifier: BSD-2-Clause
#include <gtest/gtest.h>

#include "sink/json_format.h"
#include "support/record_builder.h"

namespace peek {
namespace {

Ledger example() {
    LedgerEntry entry;
    entry.interface = "eth0";
    entry.hook = Hook::kEgress;
    entry.seen = 100;
    entry.passed_clean = 90;
    entry.candidates = 8;
    entry.candidates_by_reason = {1, 2, 0, 0, 4, 0, 1};
    entry.delivered = 5;
    entry.lost = {2, 1, 7};
    entry.undecided = {2};
    entry.blind = {3, 4, 5};
    entry.ignored = 13;
    entry.unattributed = {14, 15};
    Ledger ledger;
    ledger.moment = Ledger::Moment::kSwap;
    ledger.generation = 7;
    ledger.sets = {{RuleList::kIp, "ips \"1\".cfg", "0123abcd", 12}};
    ledger.entries = {entry};
    ledger.output.log_write_failed = 6;
    ledger.output.limited = 7;
    ledger.user_blind = {{"tcp_gap_given_up", 9}, {"header_cut", 0}, {"state_reset", 2}};
    ledger.records = 10;
    ledger.alerts_counted = 11;
    ledger.losses_counted = 12;
    return ledger;
}

TEST(JsonLedger, NamesEveryNumber) {
    EXPECT_EQ(format_json(example(), test::at_second(0)),
              R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"ledger",)"
              R"("moment":"swap","generation":7,)"
              R"("sets":[{"family":"ip","file":"ips \"1\".cfg","sha256":"0123abcd","entries":12}],)"
              R"("entries":[{"interface":"eth0","direction":"egress","seen":100,)"
              R"("passed_clean":90,"candidates":8,)"
              R"("candidates_by_reason":{"no_controller":1,"ip":2,"fragment":0,"tunnel":0,"dns":4,)"
              R"("payload":0,"scan":1},"delivered":5,)"
              R"("lost":{"ring_full":2,"no_controller":1,"not_understood":7},)"
              R"("undecided":{"read_failed":2},)"
              R"("blind":{"scan_state_evicted":3,"payload_truncated":4,"header_chain":5},)"
              R"("unattributed":{"ip":14,"scan":15},"ignored":13}],)"
              R"("blind":{"tcp_gap_given_up":9,"header_cut":0,"state_reset":2},)"
              R"("output":{"log_write_failed":6,"limited":7},)"
              R"("records":10,"alerts_counted":11,"losses_counted":12,"complete":false})");
}

TEST(JsonLedger, AMonitorThatHasSeenNothingIsComplete) {
    Ledger ledger;
    ledger.moment = Ledger::Moment::kStart;
    EXPECT_EQ(format_json(ledger, test::at_second(0)),
              R"({"timestamp":"2016-10-30T22:01:02.123456+0000","event_type":"ledger",)"
              R"("moment":"start","generation":0,"sets":[],"entries":[],)"
              R"("blind":{},"output":{"log_write_failed":0,"limited":0},)"
              R"("records":0,"alerts_counted":0,"losses_counted":0,"complete":true})");
}

TEST(JsonLedger, TellsTheMoment) {
    const auto moment = [](Ledger::Moment value) {
        Ledger ledger;
        ledger.moment = value;
        const std::string line = format_json(ledger, test::at_second(0));
        const size_t start = line.find("\"moment\":\"") + 10;
        return line.substr(start, line.find('"', start) - start);
    };
    EXPECT_EQ(moment(Ledger::Moment::kPeriodic), "periodic");
    EXPECT_EQ(moment(Ledger::Moment::kEnd), "end");
    EXPECT_EQ(moment(Ledger::Moment::kStatus), "status");
}

}  // namespace
}  // namespace peek
