// SPDX-License-Identifier: BSD-2-Clause
// The lines of doctor that tests/e2e/doctor cannot provoke on one kernel, from injected facts.
#include "app/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

namespace peek {
namespace {

constexpr Probe kYes{Probe::Found::kYes, 0};
constexpr Probe kNotThere{Probe::Found::kNo, EINVAL};
constexpr Probe kNotAsked{Probe::Found::kUnknown, EPERM};

HostFacts good_host() {
    HostFacts facts;
    facts.release = "6.1.0";
    facts.net_raw = true;
    facts.memlock_bytes = ~uint64_t{0};
    facts.btf = facts.jit = facts.tcx = facts.bpffs = facts.rings = facts.loads = kYes;
    return facts;
}

InterfaceFacts good_interface() {
    InterfaceFacts facts;
    facts.info = {.name = "eth0", .ifindex = 2, .link = PEEK_LINK_ETHERNET, .mtu = 1500};
    facts.up = true;
    facts.driver = "ixgbe";
    facts.xdp_features = kXdpActBasic | kXdpActRxSg;
    facts.lro = facts.gro = facts.rx_vlan = false;
    facts.combined = 4;
    facts.max_combined = 8;
    return facts;
}

Check find(const std::vector<Check>& checks, const std::string& name) {
    const auto found = std::find_if(checks.begin(), checks.end(),
                                    [&](const Check& check) { return check.name == name; });
    return found == checks.end() ? Check{Verdict::kFail, "absent", "", ""} : *found;
}

Check host(const HostFacts& facts, const std::string& name) {
    return find(check_host(facts, "/usr/sbin/peek-xdp"), name);
}
Check interface(const InterfaceFacts& facts, const std::string& name) {
    return find(check_interface(facts), name);
}

void expect(const Check& check, Verdict verdict, const std::string& what,
            const std::string& remedy = "") {
    EXPECT_EQ(check.verdict, verdict) << check.name;
    EXPECT_EQ(check.what, what);
    EXPECT_EQ(check.remedy, remedy);
}

TEST(Doctor, GoodHostFailsNothing) {
    EXPECT_FALSE(any_fails(check_host(good_host(), "")));
    expect(host(good_host(), "memlock"), Verdict::kOk,
           "unlimited; not needed: BPF memory is charged to the memory cgroup");
}

TEST(Doctor, WithoutJitProgramsAreSlow) {
    HostFacts facts = good_host();
    facts.jit = {Probe::Found::kNo, 0};
    expect(host(facts, "jit"), Verdict::kWarning, "programs are interpreted, several times slower",
           "sysctl -w net.core.bpf_jit_enable=1");
}

TEST(Doctor, ClsactDoesWhereThereIsNoTcx) {
    HostFacts facts = good_host();
    facts.tcx = kNotThere;
    facts.clsact = kYes;
    expect(host(facts, "tc"), Verdict::kOk, "clsact (this kernel has no tcx)");
    facts.clsact = kNotAsked;
    expect(host(facts, "tc"), Verdict::kWarning, "could not be probed: not permitted",
           "sudo peek-xdp doctor");
    facts.clsact = {Probe::Found::kNo, ENOENT};
    expect(host(facts, "tc"), Verdict::kFail,
           "neither tcx (Invalid argument) nor clsact (No such file or directory)",
           "modprobe -a sch_ingress cls_bpf");
}

TEST(Doctor, RingsAreNeeded) {
    HostFacts facts = good_host();
    facts.rings = kNotThere;
    expect(host(facts, "rings"), Verdict::kFail, "no ring buffers: Invalid argument",
           "boot Linux 6.1 or later");
}

TEST(Doctor, ProgramsMustLoad) {
    HostFacts facts = good_host();
    facts.loads = kNotThere;
    facts.load_error = "cannot load the BPF programs: Invalid argument\n  the verifier's words";
    expect(host(facts, "programs"), Verdict::kFail, facts.load_error,
           "boot Linux 6.1 or later, and report this line");
    const std::string text = checks_text(check_host(facts, ""));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10) << "one line a check";
}

TEST(Doctor, GoodInterface) {
    EXPECT_FALSE(any_fails(check_interface(good_interface())));
    expect(interface(good_interface(), "mode"), Verdict::kOk,
           "native XDP with fragments, 4 of 8 queues");
}

TEST(Doctor, ADriverMayHaveNoNativeXdpOrNoFragments) {
    InterfaceFacts facts = good_interface();
    facts.xdp_features = kXdpActBasic;
    expect(interface(facts, "mode"), Verdict::kOk, "native XDP, 4 of 8 queues");
    facts.xdp_features = 0;
    expect(interface(facts, "mode"), Verdict::kWarning,
           "driver ixgbe has no native XDP: native XDP is refused, attach falls back to tc",
           "peek-xdp attach eth0 --mode tc");
}

TEST(Doctor, ProgramsOfOthersAtEachTcHookAreNamed) {
    using Where = ProgramOnInterface::Where;
    InterfaceFacts facts = good_interface();
    expect(interface(facts, "tc programs"), Verdict::kOk, "no other program");
    facts.programs = {{Where::kTcxIngress, 1, "program a (id 1)"},
                      {Where::kTcxEgress, 2, "program b (id 2)"},
                      {Where::kClsactIngress, 3, "program c (id 3)"},
                      {Where::kClsactEgress, 4, "program d (id 4)"},
                      {Where::kTcxEgress, 5, "program peek_tc_egress (id 5)", true}};
    expect(interface(facts, "tc programs"), Verdict::kOk,
           "tcx ingress: program a (id 1), tcx egress: program b (id 2), clsact ingress: program c "
           "(id 3), clsact egress: program d (id 4); they stay");
    expect(interface(facts, "xdp"), Verdict::kOk, "no other program");
}

TEST(Doctor, KernelBefore63TellsNothingOfDrivers) {
    InterfaceFacts facts = good_interface();
    facts.xdp_features.reset();
    expect(interface(facts, "mode"), Verdict::kOk,
           "native XDP or tc: the kernel does not say what the driver can, 4 of 8 queues");
}

TEST(Doctor, LroIsRefusedByNativeXdpAndHidesHeaders) {
    InterfaceFacts facts = good_interface();
    facts.lro = true;
    expect(interface(facts, "mode"), Verdict::kWarning,
           "LRO is on: native XDP is refused, attach falls back to tc", "ethtool -K eth0 lro off");
    expect(interface(facts, "merging"), Verdict::kWarning,
           "LRO merges segments and loses their headers", "ethtool -K eth0 lro off");
}

TEST(Doctor, JumboFramesNeedFragments) {
    InterfaceFacts facts = good_interface();
    facts.info.mtu = 9000;
    EXPECT_EQ(interface(facts, "mode").verdict, Verdict::kOk);
    facts.xdp_features = kXdpActBasic;
    expect(interface(facts, "mode"), Verdict::kWarning,
           "MTU 9000 without fragments in the driver: native XDP is refused, attach falls back to "
           "tc",
           "ip link set eth0 mtu 3498");
}

TEST(Doctor, EnaNeedsAQueueForEachQueue) {
    InterfaceFacts facts = good_interface();
    facts.driver = "ena";
    EXPECT_EQ(interface(facts, "mode").verdict, Verdict::kOk);
    facts.combined = 5;
    expect(interface(facts, "mode"), Verdict::kWarning,
           "5 of 8 queues in use, XDP needs as many again: native XDP is refused, attach falls "
           "back to tc",
           "ethtool -L eth0 combined 4");
}

TEST(Doctor, BnxtNeedsCombinedQueues) {
    InterfaceFacts facts = good_interface();
    facts.driver = "bnxt_en";
    facts.combined = 0;
    expect(interface(facts, "mode"), Verdict::kWarning,
           "receiving and sending queues are separate: native XDP is refused, attach falls back "
           "to tc",
           "ethtool -L eth0 rx 0 tx 0 combined 1");
}

TEST(Doctor, BondIsMonitoredAtTc) {
    InterfaceFacts facts = good_interface();
    facts.bond = true;
    expect(interface(facts, "mode"), Verdict::kOk, "tc: a bond is monitored at tc");
}

TEST(Doctor, OurOwnProgramIsRemovedWhereItWasPinned) {
    InterfaceFacts facts = good_interface();
    ProgramOnInterface program;
    program.ours = true;
    program.description = "program peek_xdp (id 7)";
    facts.programs.push_back(program);
    expect(interface(facts, "monitor"), Verdict::kFail,
           "already monitored by peek-xdp: program peek_xdp (id 7)",
           "peek-xdp detach eth0 (with the --pin=DIR that it was attached with, if any)");
}

TEST(Doctor, QueueResetIsToldOfDriversThatDoIt) {
    InterfaceFacts facts = good_interface();
    expect(interface(facts, "attaching"), Verdict::kWarning,
           "driver ixgbe resets its queues when XDP is attached: a moment's frames are lost",
           "peek-xdp attach eth0 --mode tc");
    facts.driver = "veth";
    expect(interface(facts, "attaching"), Verdict::kOk,
           "no reset of queues is known of driver veth");
}

TEST(Doctor, TextIsSafeForATerminal) {
    const std::string text = checks_text({{Verdict::kOk, "interface", "eth\x1b[2J", ""}});
    EXPECT_EQ(text, "ok       interface: eth\\x1b[2J\n");
}

}  // namespace
}  // namespace peek
