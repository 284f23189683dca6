// SPDX-License-Identifier: BSD-2-Clause
#include "sink/console_sink.h"

#include "log_fixture.h"

namespace peek {
namespace {

using test::at_second;
using test::ip;
using test::Pipe;

Alert first_alert() {
    Alert alert;
    alert.type = Family::kIp;
    alert.src = ip("10.0.0.1");
    alert.dst = ip("192.0.2.7");
    alert.count = 1;
    alert.first = alert.last = at_second(0);
    alert.rule = "192.0.2.7";
    alert.text = "Traffic to blacklisted address 192.0.2.7";
    alert.interface = "eth0";
    return alert;
}

TEST(FormatAlert, TheFirstRecordOfAKey) {
    EXPECT_EQ(format_alert(first_alert(), false),
              "2016-10-30T22:01:02Z ILLEGAL_IP         10.0.0.1 -> 192.0.2.7  "
              "Traffic to blacklisted address 192.0.2.7 (eth0)");
}

TEST(FormatAlert, ASummarySaysHowManyMore) {
    Alert alert = first_alert();
    alert.type = Family::kSignature;
    alert.summary = true;
    alert.count = 17;
    alert.first = at_second(1);
    alert.last = at_second(9);
    alert.interface.clear();
    EXPECT_EQ(format_alert(alert, false),
              "2016-10-30T22:01:11Z ILLEGAL_SIGNATURE  10.0.0.1 -> 192.0.2.7  "
              "17 more since 2016-10-30T22:01:03Z, last: Traffic to blacklisted address 192.0.2.7");
}

TEST(FormatAlert, AnOverflowAlertNamesNobody) {
    Alert alert = first_alert();
    alert.overflow = true;
    EXPECT_EQ(format_alert(alert, false),
              "2016-10-30T22:01:02Z ILLEGAL_IP         further hosts  "
              "Traffic to blacklisted address 192.0.2.7 (eth0)");
}

TEST(FormatAlert, ColoursTheTypeOnlyWhenToldSo) {
    EXPECT_EQ(format_alert(first_alert(), true),
              "2016-10-30T22:01:02Z \x1b[31mILLEGAL_IP       \x1b[0m  10.0.0.1 -> 192.0.2.7  "
              "Traffic to blacklisted address 192.0.2.7 (eth0)");
}

TEST(FormatAlert, LetsNothingSteerTheTerminal) {
    Alert alert = first_alert();
    alert.text =
        "rule \x1b]0;owned\a\r\n\xc2\x9b"
        "2J";
    alert.interface = "e\x1bth";
    EXPECT_EQ(format_alert(alert, false),
              "2016-10-30T22:01:02Z ILLEGAL_IP         10.0.0.1 -> 192.0.2.7  "
              "rule \\x1b]0;owned\\x07\\x0d\\x0a\\xc2\\x9b2J (e\\x1bth)");
}

TEST(ConsoleSink, WritesALineAnAlertWhenFlushed) {
    Pipe pipe(O_NONBLOCK);
    const auto console = make_console(pipe.writer.get(), false);
    console->write(first_alert());
    console->write(first_alert());
    EXPECT_EQ(pipe.drain(), "");
    console->flush();
    const std::string line = format_alert(first_alert(), false) + "\n";
    EXPECT_EQ(pipe.drain(), line + line);
    EXPECT_EQ(console->lost(), 0U);
}

TEST(ConsoleSink, PrintsAlertsOnly) {
    Pipe pipe(O_NONBLOCK);
    const auto console = make_console(pipe.writer.get(), false);
    console->write(Record{});
    console->write(Ledger{}, at_second(0));
    console->flush();
    EXPECT_EQ(pipe.drain(), "");
}

TEST(ConsoleSink, CountsWhatItCannotWrite) {
    std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.reader.reset();
    const auto console = make_console(pipe.writer.get(), false);
    console->write(first_alert());
    console->write(first_alert());
    console->flush();
    EXPECT_EQ(console->lost(), 2U);
}

}  // namespace
}  // namespace peek
