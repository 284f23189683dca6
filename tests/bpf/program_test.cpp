// SPDX-License-Identifier: BSD-2-Clause
// KernelProgram and what lies around the verdict: interface slots, hooks, banks, stubs.
#include <bpf/bpf.h>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

Bytes from(const std::string& address) {
    return eth().ipv4(address.c_str(), "192.0.2.1").udp(1, 2);
}
Bytes from6(const std::string& address) {
    return eth().ipv6(address.c_str(), "2001:db8::1").udp(1, 2);
}

class ProgramTest : public BpfTest {
  protected:
    static Setup ips(std::string text) {
        Setup setup;
        setup.ip = std::move(text);
        return setup;
    }
};

TEST_P(ProgramTest, HooksAreCountedApart) {
    ASSERT_NO_FATAL_FAILURE(load(ips("198.51.100.7\n")));
    run(from("198.51.100.7"));
    const peek_hook other = hook() == PEEK_HOOK_EGRESS ? PEEK_HOOK_INGRESS : PEEK_HOOK_EGRESS;
    EXPECT_EQ(describe(program_->counters(slot_, hook())), "seen=1 candidates=1 ip=1 ");
    EXPECT_EQ(describe(program_->counters(slot_, other)), "");
}

TEST_P(ProgramTest, AnInterfaceIsFoundInAnySlot) {
    ASSERT_NO_FATAL_FAILURE(load(ips("198.51.100.7\n")));
    program_->forget_interface(slot_);
    for (uint32_t ifindex = 100; ifindex < 140; ++ifindex)
        ASSERT_TRUE(program_->add_interface(ifindex, PEEK_LINK_RAW_IP));
    const auto slot = program_->add_interface(kLoopback, PEEK_LINK_ETHERNET);
    ASSERT_TRUE(slot);
    slot_ = slot.value();
    EXPECT_EQ(slot_, 41U);
    EXPECT_TRUE(run(from("198.51.100.7")).handed_over());
}

TEST_P(ProgramTest, AnUnknownInterfaceIsCountedInTheLastSlot) {
    ASSERT_NO_FATAL_FAILURE(load(ips("198.51.100.7\n")));
    program_->forget_interface(slot_);
    EXPECT_EQ(describe(run(from("198.51.100.7")).counted), "");
    EXPECT_EQ(describe(program_->counters(PEEK_MAX_INTERFACES, hook())),
              "seen=1 candidates=1 ip=1 ");
}

TEST_P(ProgramTest, InterfacesAreLimited) {
    ASSERT_NO_FATAL_FAILURE(load({}));
    for (uint32_t i = 1; i < PEEK_MAX_INTERFACES; ++i)
        ASSERT_TRUE(program_->add_interface(100 + i, PEEK_LINK_ETHERNET));
    EXPECT_FALSE(program_->add_interface(1000, PEEK_LINK_ETHERNET));
}

TEST_P(ProgramTest, BeforeRulesAreInstalledEverythingIsClean) {
    auto program = KernelProgram::load({});
    ASSERT_TRUE(program) << program.error().text;
    program_ = std::move(*program);
    slot_ = program_->add_interface(kLoopback, PEEK_LINK_ETHERNET).value();
    EXPECT_EQ(program_->active_generation(), 0U);
    EXPECT_EQ(describe(run_only(from("198.51.100.7")).counted), "seen=1 passed_clean=1 ");
}

TEST_P(ProgramTest, InstallReplacesTheSetOfEveryKind) {
    struct Kind {
        const char* rules;
        Bytes bad;
    };
    const Kind kinds[] = {
        {"198.51.100.7\n", from("198.51.100.7")},
        {"203.0.113.0/25\n", from("203.0.113.9")},
        {"2001:db8:bad::7\n", from6("2001:db8:bad::7")},
        {"2001:db8:dead::/48\n", from6("2001:db8:dead::1")},
        {"2001::/16\n", from6("2001:db8:beef::1")},
        {"2000::/3\n", from6("2fff::1")},
        {"0.0.0.0/0\n", from("10.0.0.1")},
    };
    ASSERT_NO_FATAL_FAILURE(load({}));
    uint32_t generation = 1;
    for (const Kind& kind : kinds) {
        SCOPED_TRACE(kind.rules);
        EXPECT_TRUE(run(kind.bad).clean());
        ASSERT_NO_FATAL_FAILURE(install(ips(kind.rules), ++generation));
        EXPECT_EQ(program_->active_generation(), generation);
        const Outcome out = run(kind.bad);
        ASSERT_TRUE(out.handed_over());
        EXPECT_EQ(out.records[0].head.generation, generation);
        ASSERT_NO_FATAL_FAILURE(install({}, ++generation));
        EXPECT_TRUE(run(kind.bad).clean());
    }
}

// Every second address, so that each /24 has listed ones, by both ways to the hash.
TEST_P(ProgramTest, EveryAddressOfALargeSetIsFound) {
    for (const uint32_t addresses : {70'000U, PEEK_DENSE_ADDRESSES + 1U}) {
        SCOPED_TRACE(addresses);
        std::string rules = "192.168.0.0/25\n172.16.0.0/12\n";
        const auto name = [](uint32_t i) {
            return "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                   std::to_string(i & 255);
        };
        for (uint32_t i = 0; i < 2 * addresses; i += 2) rules += name(i) + "\n";
        ASSERT_NO_FATAL_FAILURE(load(ips(rules)));
        for (uint32_t i = 0; i < 2 * addresses; i += addresses / 35 * 2) {
            EXPECT_TRUE(run(from(name(i))).handed_over()) << name(i);
            EXPECT_TRUE(run(from(name(i + 1))).clean()) << name(i + 1);
        }
        for (const char* bad : {"192.168.0.127", "172.16.0.0", "172.31.255.255"})
            EXPECT_TRUE(run(from(bad)).handed_over()) << bad;
        for (const char* good : {"192.168.0.128", "172.15.255.255", "172.32.0.0", "11.0.0.0"})
            EXPECT_TRUE(run(from(good)).clean()) << good;
    }
}

INSTANTIATE_TEST_SUITE_P(Hooks, ProgramTest,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                                         ProgramKind::kTcEgress),
                         kind_name);

class StubTest : public BpfTest {
  protected:
    int stub() const { return program_->stub_fd(hook()); }
};

TEST_P(StubTest, WithoutAControllerEveryPacketIsCountedAsLost) {
    ASSERT_NO_FATAL_FAILURE(load({}));
    EXPECT_EQ(test_run(stub(), from("10.0.0.1")), pass());
    EXPECT_EQ(test_run(stub(), from("10.0.0.2")), pass());
    EXPECT_EQ(describe(program_->counters(slot_, hook())),
              "seen=2 candidates=2 no_controller=2 none=2 ");
}

TEST_P(StubTest, WithOneItIsTheProgram) {
    Setup setup;
    setup.ip = "198.51.100.7\n";
    ASSERT_NO_FATAL_FAILURE(load(setup));
    const uint32_t key = hook();
    const int program = fd();
    ASSERT_EQ(bpf_map_update_elem(program_->stub_array_fd(), &key, &program, BPF_ANY), 0);
    EXPECT_EQ(test_run(stub(), from("198.51.100.7")), pass());
    EXPECT_EQ(describe(program_->counters(slot_, hook())), "seen=1 candidates=1 ip=1 ");
    EXPECT_EQ(drain().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Hooks, StubTest,
                         testing::Values(ProgramKind::kTcIngress, ProgramKind::kTcEgress),
                         kind_name);

TEST(KernelProgramOptions, ARingMustBeAPowerOfTwoAndAPage) {
    for (const uint32_t bytes : {0U, 2048U, 12288U}) {
        KernelProgram::Options options;
        options.ring_bytes = bytes;
        const auto program = KernelProgram::load(options);
        ASSERT_FALSE(program) << bytes;
        EXPECT_EQ(program.error().kind, ErrorKind::kUsage);
    }
}

TEST(KernelProgramOptions, RingsAreLimited) {
    const auto program = KernelProgram::load({.rings = PEEK_MAX_RINGS + 1});
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().kind, ErrorKind::kUsage);
}

TEST(KernelProgramOptions, DnsPortsAreLimited) {
    KernelProgram::Options options;
    options.dns_ports.assign(PEEK_MAX_DNS_PORTS + 1, 53);
    const auto program = KernelProgram::load(options);
    ASSERT_FALSE(program);
    EXPECT_EQ(program.error().kind, ErrorKind::kUsage);
}

}  // namespace
}  // namespace peek::test
