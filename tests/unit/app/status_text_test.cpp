// SPDX-License-Identifier: BSD-2-Clause
// Lines of `status` that a monitor in order never shows.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "app/monitor_report.h"

namespace peek {
namespace {

LedgerEntry entry(uint64_t seen, uint64_t clean, uint64_t candidates, uint64_t delivered) {
    LedgerEntry entry;
    entry.interface = "eth0";
    entry.hook = Hook::kEgress;
    entry.seen = seen;
    entry.passed_clean = clean;
    entry.candidates = candidates;
    entry.delivered = delivered;
    return entry;
}

std::string text_of(const LedgerEntry& entry) {
    MonitorStatus status;
    status.ledger.entries.push_back(entry);
    return status_text(status);
}

bool has(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line) != std::string::npos;
}

TEST(StatusText, SaysWhichEquationDoesNotAddUp) {
    EXPECT_TRUE(has(text_of(entry(10, 7, 3, 2)), "adds up: "));
    EXPECT_FALSE(has(text_of(entry(10, 7, 3, 2)), "does not add up"));
    for (const auto& [wrong, line] :
         {std::pair{entry(11, 7, 3, 3), "  eth0 egress: seen is off by 1, in ring is 0\n"},
          std::pair{entry(9, 7, 3, 1), "  eth0 egress: seen is off by -1, in ring is 2\n"},
          std::pair{entry(10, 7, 3, 4), "  eth0 egress: seen is off by 0, in ring is -1\n"}}) {
        const std::string text = text_of(wrong);
        EXPECT_TRUE(has(text, "does not add up (at rest it must")) << text;
        EXPECT_TRUE(has(text, line)) << text;
        EXPECT_FALSE(has(text, "adds up: ")) << text;
    }
}

TEST(StatusText, SaysWhatIsNotOfThisMonitor) {
    MonitorStatus status;
    const std::string quiet = status_text(status);
    EXPECT_FALSE(has(quiet, "inspection: ")) << quiet;
    EXPECT_EQ(quiet.find("did not attach to"), std::string::npos) << quiet;
    status.unlisted = 7;
    status.activity.bytes_not_understood = 48;
    status.activity.engine = {{"ip_truncated", 2}, {"tcp_bad_offset", 0}};
    const std::string text = status_text(status);
    EXPECT_TRUE(has(text, "inspection: ip_truncated 2, 48 bytes of the rings not understood\n"))
        << text;
    EXPECT_TRUE(has(text, "7 packets came from interfaces that this monitor did not attach to: "))
        << text;
}

}  // namespace
}  // namespace peek
