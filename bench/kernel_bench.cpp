// SPDX-License-Identifier: BSD-2-Clause
// What the BPF programs add to one packet, in ns: BPF_PROG_TEST_RUN of each program behind a stage
// that varies the addresses, less the same stage in front of a program that only passes, measured
// in turn. Medians. The frame itself is in the cache every time, so live packets cost more.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <vary.skel.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernel/program.h"
#include "support/frame_builder.h"

namespace peek {
namespace {

constexpr uint32_t kRules = 100'000;
constexpr int kRounds = 9;
constexpr int kRepeat = 1'000'000;

[[noreturn]] void die(const std::string& what) {
    std::fprintf(stderr, "kernel_bench: %s\n", what.c_str());
    std::exit(1);
}

// Spread over the address space like real lists: consecutive numbers, bits reversed by a
// multiplier.
std::string ip_rules() {
    std::string text;
    for (uint32_t i = 0; i < kRules; ++i) {
        const uint32_t a = (i + 1) * 2654435769U + 12345;
        text += std::to_string(a >> 24) + "." + std::to_string(a >> 16 & 255) + "." +
                std::to_string(a >> 8 & 255) + "." + std::to_string(a & 255) + "\n";
    }
    return text;
}

std::unique_ptr<KernelProgram> load_program() {
    auto program = KernelProgram::load({});
    if (!program) die(program.error().text);
    if (!(*program)->add_interface(1, PEEK_LINK_ETHERNET)) die("no interface slot");
    RuleSets rules;
    CompileReport report;
    if (auto r = compile_rules({RuleList::kIp, "bench", ip_rules()}, rules, report); !r)
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

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void print_row(const Stage& stage, const char* name, bool xdp, int program,
               const test::Bytes& frame) {
    std::vector<double> base;
    std::vector<double> added;
    for (int i = 0; i < kRounds; ++i) {
        base.push_back(stage.measure(xdp, stage.pass_fd(xdp), frame));
        added.push_back(stage.measure(xdp, program, frame) - base.back());
    }
    const auto [least, most] = std::minmax_element(added.begin(), added.end());
    std::printf("%-28s %-4s %10.0f %+10.0f %+10.0f %+10.0f\n", name, xdp ? "XDP" : "tc",
                median(base), median(added), *least, *most);
    std::fflush(stdout);
}

void run() {
    using namespace test;
    const Stage stage;
    const auto program = load_program();
    const Frame ip = eth().ipv4("192.0.2.1", "192.0.2.2");
    const std::pair<const char*, Bytes> frames[] = {
        {"TCP, 64 bytes", Frame(ip).tcp(1000, 2000).payload_of(10)},
        {"TCP, 1,514 bytes", Frame(ip).tcp(1000, 2000).payload_of(1460)},
        {"UDP, 64 bytes", Frame(ip).udp(1000, 2000).payload_of(22)},
        {"SYN, a new pair each time", Frame(ip).tcp(1000, 80, kSyn).options(4)},
    };
    std::printf("%u IP rules, scans on, 4096 address pairs, medians of %d, ns\n", kRules, kRounds);
    std::printf("%-28s %-4s %10s %10s %10s %10s\n", "frame", "hook", "baseline", "added", "least",
                "most");
    for (const auto& [name, frame] : frames) {
        print_row(stage, name, true, program->program_fd(ProgramKind::kXdpIngress), frame);
        print_row(stage, name, false, program->program_fd(ProgramKind::kTcEgress), frame);
    }
}

}  // namespace
}  // namespace peek

int main() {
    peek::run();
    return 0;
}
