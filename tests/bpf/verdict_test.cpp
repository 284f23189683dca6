// SPDX-License-Identifier: BSD-2-Clause
// Packet -> verdict, reason and every counter. Each row is also run cut at every length from
// Ethernet's 14 bytes up, where user space's decoder says what must come out.
#include <peek/abi.h>

#include <cstdio>

#include "bpf/bpf_fixture.h"
#include "bpf/reference.h"
#include "bpf/verdict_rows.h"

namespace peek::test {
namespace {

class VerdictTest : public BpfTest {
  protected:
    Setup with(FamilyMask on) {
        Setup setup;
        setup.options.dns_ports = kRowDnsPorts;
        setup.ignore = kIgnoredAddresses;
        if (on & PEEK_FAMILY_IP) setup.ip = kBadAddresses;
        if (on & PEEK_FAMILY_DOMAIN) setup.domain = "bad.example\n";
        if (on & PEEK_FAMILY_URL) setup.url = "/evil\n";
        if (on & PEEK_FAMILY_SIGNATURE) setup.signature = "malware\n";
        return setup;
    }
    void check(const std::vector<Row>& rows, LinkType link = LinkType::kEthernet);
    void check_row(const Row& row);
    void check_cut(const Row& row, size_t size, LinkType link);
    bool is_runnable(const Bytes& frame) const;

    int not_run_ = 0;
};

// Newer kernels build no skb of a frame that claims IP and ends inside the fixed IP header. Rows
// with a VLAN tag get there at tc all the same.
bool VerdictTest::is_runnable(const Bytes& frame) const {
    const int ethertype = frame[12] << 8 | frame[13];
    return is_xdp() || !((ethertype == PEEK_ETH_IPV4 && frame.size() < 34) ||
                         (ethertype == PEEK_ETH_IPV6 && frame.size() < 54));
}

void VerdictTest::check_row(const Row& row) {
    const Outcome out = run(row.frame);
    EXPECT_EQ(out.answer, pass());
    EXPECT_EQ(
        describe(out.counted),
        describe(expected_counters({row.families, row.reason, row.header_chain, row.ignored})));
    ASSERT_EQ(out.records.size(), row.families ? 1U : 0U);
    if (out.records.empty()) return;
    EXPECT_EQ(out.records[0].head.families, row.families);
    EXPECT_EQ(out.records[0].head.reason, row.reason);
    EXPECT_EQ(out.records[0].frame, row.frame);
}

void VerdictTest::check_cut(const Row& row, size_t size, LinkType link) {
    SCOPED_TRACE("cut at " + std::to_string(size));
    const Bytes frame = cut(row.frame, size);
    if (!is_runnable(frame)) {
        ++not_run_;
        return;
    }
    const Verdict expected = reference_verdict(frame, link, rules_);
    const Outcome out = run(frame);
    EXPECT_EQ(out.answer, pass());
    EXPECT_EQ(describe(out.counted), describe(expected_counters(expected)));
    ASSERT_EQ(out.records.size(), expected.families ? 1U : 0U);
    if (out.records.empty()) return;
    EXPECT_EQ(out.records[0].head.families, expected.families);
}

void VerdictTest::check(const std::vector<Row>& rows, LinkType link) {
    Setup first = with(rows[0].on);
    if (link == LinkType::kRawIp) first.link = PEEK_LINK_RAW_IP;
    ASSERT_NO_FATAL_FAILURE(load(first));
    FamilyMask on = rows[0].on;
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        if (row.on != on) {
            ASSERT_NO_FATAL_FAILURE(install(with(row.on), 2));
        }
        on = row.on;
        check_row(row);
        for (size_t size = 14; size <= row.frame.size(); ++size) check_cut(row, size, link);
    }
    if (not_run_) std::printf("%d lengths not run: the kernel builds no such skb\n", not_run_);
}

TEST_P(VerdictTest, LinkLayerAndAddresses) {
    check(link_and_ip_rows());
}
TEST_P(VerdictTest, DomainRulesTakeDnsMessages) {
    check(domain_rows());
}
TEST_P(VerdictTest, UrlRulesTakeEverySegmentWithPayload) {
    check(url_rows());
}
TEST_P(VerdictTest, SignaturesFragmentsAndOrderOfReasons) {
    check(payload_rows());
}
TEST_P(VerdictTest, TunnelsAreForEveryFamily) {
    check(tunnel_rows());
}
TEST_P(VerdictTest, IgnoredAddressesAreCleanWhateverElseTheyAre) {
    check(ignore_rows());
}

TEST_P(VerdictTest, RawIpIsToldByItsFirstNibble) {
    check(raw_ip_rows(), LinkType::kRawIp);
}

INSTANTIATE_TEST_SUITE_P(Hooks, VerdictTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                                         ProgramKind::kTcEgress),
                         kind_name);

}  // namespace
}  // namespace peek::test
