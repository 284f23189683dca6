// SPDX-License-Identifier: BSD-2-Clause
// What the BPF programs add to one packet, in ns: BPF_PROG_TEST_RUN of each program behind a stage
// that varies the addresses, less the same stage in front of a program that only passes, measured
// in turn. Medians. What an address leads to is as cold as its variety makes it; the frame itself
// is in the cache every time.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <vary.skel.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "bench.h"
#include "kernel/program.h"
#include "support/frame_builder.h"

namespace peek::bench {
namespace {

constexpr int kRounds = 9;
constexpr int kRepeat = 1'000'000;
// More than any cache holds the state of.
constexpr uint32_t kManyPairs = 1'000'000;

struct Case {
    const char* name;
    test::Bytes frame;
    uint32_t pairs = kManyPairs;
    uint32_t ports = 1;
    std::optional<int> target;  // ns added at most
};

std::unique_ptr<KernelProgram> load_program(uint32_t addresses, uint32_t networks) {
    auto program = KernelProgram::load({});
    if (!program) die(program.error().text);
    if (!(*program)->add_interface(1, PEEK_LINK_ETHERNET)) die("no interface slot");
    RuleSets rules;
    CompileReport report;
    const std::string text = ip_rules(addresses, networks);
    if (auto r = compile_rules({RuleList::kIp, "bench", text}, rules, report); !r)
        die(r.error().text);
    rules.scan = ScanRule{};
    if (auto r = (*program)->install(rules); !r) die(r.error().text);
    return std::move(*program);
}

class Stage {
  public:
    Stage() : skeleton_(vary_bpf__open_and_load()) {
        if (!skeleton_) die("cannot load the varying stage");
    }
    ~Stage() { vary_bpf__destroy(skeleton_); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    int pass_fd(bool xdp) const {
        return bpf_program__fd(xdp ? skeleton_->progs.pass_xdp : skeleton_->progs.pass_tc);
    }
    void set(uint32_t pairs, uint32_t ports) const {
        const uint32_t key = 0;
        const std::array<uint32_t, 4> variety{pairs, ports, 0, 0};
        if (bpf_map_update_elem(bpf_map__fd(skeleton_->maps.variety), &key, variety.data(),
                                BPF_ANY) != 0)
            die(std::string("cannot set the variety: ") + std::strerror(errno));
    }
    // Mean ns of one run of `program` behind the stage.
    double measure(bool xdp, int program, const test::Bytes& frame) const {
        const uint32_t key = 0;
        const bpf_map* next = xdp ? skeleton_->maps.next_xdp : skeleton_->maps.next_tc;
        if (bpf_map_update_elem(bpf_map__fd(next), &key, &program, BPF_ANY) != 0)
            die(std::string("cannot set the jump: ") + std::strerror(errno));
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                    .data_size_in = static_cast<uint32_t>(frame.size()), .repeat = kRepeat);
        const int stage =
            bpf_program__fd(xdp ? skeleton_->progs.vary_xdp : skeleton_->progs.vary_tc);
        if (bpf_prog_test_run_opts(stage, &options) != 0)
            die(std::string("BPF_PROG_TEST_RUN: ") + std::strerror(errno));
        return options.duration;
    }

  private:
    vary_bpf* skeleton_;
};

void print_row(const Stage& stage, const Case& packet, bool xdp, int program) {
    std::vector<double> base;
    std::vector<double> added;
    stage.set(packet.pairs, packet.ports);
    for (int i = 0; i < kRounds; ++i) {
        base.push_back(stage.measure(xdp, stage.pass_fd(xdp), packet.frame));
        added.push_back(stage.measure(xdp, program, packet.frame) - base.back());
    }
    const auto [least, most] = std::minmax_element(added.begin(), added.end());
    const std::string target = packet.target ? std::to_string(*packet.target) : "-";
    std::printf("%-32s %-4s %9.0f %+9.0f %9s %+9.0f %+9.0f\n", packet.name, xdp ? "XDP" : "tc",
                median(base), median(added), target.c_str(), *least, *most);
    std::fflush(stdout);
}

void print_rows(const Stage& stage, uint32_t addresses, uint32_t networks,
                const std::vector<Case>& cases) {
    const auto program = load_program(addresses, networks);
    std::printf("\n%u addresses, %u networks\n", addresses, networks);
    for (const Case& packet : cases) {
        print_row(stage, packet, true, program->program_fd(ProgramKind::kXdpIngress));
        print_row(stage, packet, false, program->program_fd(ProgramKind::kTcEgress));
    }
}

}  // namespace

void measure_packets() {
    using namespace test;
    const Stage stage;
    const Frame ip = eth().ipv4("192.0.2.1", "192.0.2.2");
    const Bytes small = Frame(ip).tcp(1000, 2000).payload_of(10);
    const Bytes large = Frame(ip).tcp(1000, 2000).payload_of(1460);
    const Bytes syn = Frame(ip).tcp(1000, 80, kSyn).options(4);

    std::printf("scans on, %u address pairs unless fewer are said, medians of %d, ns\n", kManyPairs,
                kRounds);
    std::printf("%-32s %-4s %9s %9s %9s %9s %9s\n", "packet", "hook", "baseline", "added", "target",
                "least", "most");
    print_rows(stage, 100'000, 1000,
               {{"clean, 64 bytes", small, kManyPairs, 1, 30},
                {"clean, 1,514 bytes", large, kManyPairs, 1, 30}});
    print_rows(stage, 1'000'000, 1000,
               {{"clean, 64 bytes", small, kManyPairs, 1, 45},
                {"clean, 64 bytes, 4,096 pairs", small, 4096, 1, 45},
                {"clean, 1,514 bytes", large, kManyPairs, 1, 45},
                {"SYN, 1,000 known pairs, 8 ports", syn, 1000, 8, 250},
                {"SYN flood, 1,000,000 pairs", syn, kManyPairs, 1, 250}});
    print_rows(stage, 1'000'000, 100'000, {{"clean, 64 bytes", small, kManyPairs, 1, {}}});
}

}  // namespace peek::bench
