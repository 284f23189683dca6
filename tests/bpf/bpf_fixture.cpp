// SPDX-License-Identifier: BSD-2-Clause
#include "bpf/bpf_fixture.h"

#include <bpf/bpf.h>

#include <cstring>

namespace peek::test {
namespace {

void compile(RuleSets& sets, Family family, const std::string& text) {
    if (text.empty()) return;
    CompileReport report;
    const auto compiled =
        compile_rules({rule_list(family), std::string(family_name(family)), text}, sets, report);
    ASSERT_TRUE(compiled) << compiled.error().text;
}

std::shared_ptr<const IpRules> address_list(const std::string& text) {
    RuleSets sets;
    compile(sets, Family::kIp, text);
    return sets.ip;
}

Captured take_apart(std::span<const uint8_t> bytes) {
    Captured out;
    std::memcpy(&out.head, bytes.data(), sizeof(out.head));
    const uint8_t* frame = bytes.data() + out.head.data_off;
    out.frame.assign(frame, frame + out.head.cap_len);
    if (out.head.type == PEEK_RECORD_PACKET_WITH_SCAN) {
        out.evidence.emplace();
        std::memcpy(&*out.evidence, bytes.data() + sizeof(out.head), sizeof(*out.evidence));
    }
    return out;
}

peek_counters difference(const peek_counters& after, const peek_counters& before) {
    peek_counters out{};
    const auto* a = reinterpret_cast<const uint64_t*>(&after);
    const auto* b = reinterpret_cast<const uint64_t*>(&before);
    auto* d = reinterpret_cast<uint64_t*>(&out);
    for (size_t i = 0; i < sizeof(out) / sizeof(*d); ++i) d[i] = a[i] - b[i];
    return out;
}

}  // namespace

void BpfTest::load(const Setup& setup) {
    KernelProgram::Options options = setup.options;
    if (setup.scan) options.scan = *setup.scan;
    auto program = KernelProgram::load(options);
    ASSERT_TRUE(program) << program.error().text;
    program_ = std::move(*program);
    auto slot = program_->add_interface(kLoopback, setup.link);
    ASSERT_TRUE(slot) << slot.error().text;
    slot_ = *slot;
    auto rings = RingReader::open_all(*program_);
    ASSERT_TRUE(rings) << rings.error().text;
    rings_ = std::move(*rings);
    install(setup, 1);
}

void BpfTest::install(const Setup& setup, uint32_t generation) {
    rules_ = RuleSets{};
    rules_.generation = generation;
    compile(rules_, Family::kIp, setup.ip);
    compile(rules_, Family::kDomain, setup.domain);
    compile(rules_, Family::kUrl, setup.url);
    compile(rules_, Family::kSignature, setup.signature);
    rules_.ignore = address_list(setup.ignore);
    rules_.scan_ignore = address_list(setup.scan_ignore);
    rules_.scan = setup.scan;
    rules_.dns_ports = setup.options.dns_ports;
    const auto installed = program_->install(rules_);
    ASSERT_TRUE(installed) << installed.error().text;
}

uint32_t test_run(int fd, const Bytes& frame) {
    LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                .data_size_in = static_cast<uint32_t>(frame.size()), .repeat = 1);
    EXPECT_EQ(bpf_prog_test_run_opts(fd, &options), 0)
        << frame.size() << " bytes: " << std::strerror(errno);
    return options.retval;
}

Fd BpfTest::map(const std::string& name) const {
    uint32_t ids[32];
    bpf_prog_info info{};
    info.nr_map_ids = std::size(ids);
    info.map_ids = reinterpret_cast<uint64_t>(ids);
    uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_obj_get_info_by_fd(fd(), &info, &size), 0);
    for (uint32_t i = 0; i < info.nr_map_ids; ++i) {
        Fd map(bpf_map_get_fd_by_id(ids[i]));
        bpf_map_info map_info{};
        size = sizeof(map_info);
        EXPECT_EQ(bpf_obj_get_info_by_fd(map.get(), &map_info, &size), 0);
        if (name == map_info.name) return map;
    }
    ADD_FAILURE() << "no map " << name;
    return {};
}

Outcome BpfTest::run_only(const Bytes& frame) {
    Outcome out;
    const peek_counters before = program_->counters(slot_, hook());
    out.answer = test_run(fd(), frame);
    out.counted = difference(program_->counters(slot_, hook()), before);
    return out;
}

std::vector<Captured> BpfTest::drain() {
    std::vector<Captured> records;
    for (const auto& ring : rings_) {
        EXPECT_TRUE(ring->drain([&](std::span<const uint8_t> bytes) {
            records.push_back(take_apart(bytes));
            return true;
        }));
    }
    return records;
}

Outcome BpfTest::run(const Bytes& frame) {
    Outcome out = run_only(frame);
    out.records = drain();
    return out;
}

std::string describe(const peek_counters& c) {
    std::string out;
    const auto add = [&out](const char* name, uint64_t value) {
        if (value) out += std::string(name) + "=" + std::to_string(value) + " ";
    };
    add("seen", c.seen);
    add("passed_clean", c.passed_clean);
    add("candidates", c.candidates);
    static_assert(PEEK_LOST_COUNT == 2 && PEEK_UNDECIDED_COUNT == 1 && PEEK_BLIND_COUNT == 3);
    add("ring_full", c.lost[PEEK_LOST_RING_FULL]);
    add("no_controller", c.lost[PEEK_LOST_NO_CONTROLLER]);
    add("read_failed", c.undecided[PEEK_UNDECIDED_READ_FAILED]);
    add("scan_state_evicted", c.blind[PEEK_BLIND_SCAN_STATE_EVICTED]);
    add("payload_truncated", c.blind[PEEK_BLIND_PAYLOAD_TRUNCATED]);
    add("header_chain", c.blind[PEEK_BLIND_HEADER_CHAIN]);
    constexpr const char* kReasons[] = {"none", "ip",      "fragment", "tunnel",
                                        "dns",  "payload", "scan"};
    static_assert(std::size(kReasons) == PEEK_REASON_COUNT);
    for (int i = 0; i < PEEK_REASON_COUNT; ++i) add(kReasons[i], c.by_reason[i]);
    add("ignored", c.ignored);
    add("unattributed_ip", c.unattributed[PEEK_LOSS_IP]);
    add("unattributed_scan", c.unattributed[PEEK_LOSS_SCAN]);
    return out;
}

}  // namespace peek::test
