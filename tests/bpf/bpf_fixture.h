// SPDX-License-Identifier: BSD-2-Clause
// The real BPF object, run on frames through BPF_PROG_TEST_RUN. The kernel then uses the loopback
// device (ifindex 1) for every program, which is what interface slot 0 stands for.
#pragma once

#include <gtest/gtest.h>
#include <peek/abi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/program.h"
#include "kernel/ring.h"
#include "rules/rule_set.h"
#include "support/frame_builder.h"
#include "util/fd.h"

namespace peek::test {

inline constexpr uint32_t kLoopback = 1;
inline constexpr uint64_t kSecond = 1'000'000'000;

// A ring record, taken apart.
struct Captured {
    peek_record head{};
    Bytes frame;
    std::optional<peek_scan_evidence> evidence;
};

// What one packet did: the program's answer, the counters it moved, the records it made.
struct Outcome {
    uint32_t answer = 0;
    peek_counters counted{};
    std::vector<Captured> records;

    bool clean() const { return counted.passed_clean == 1 && records.empty(); }
    bool handed_over() const { return counted.candidates == 1 && records.size() == 1; }
};

class BpfTest : public testing::TestWithParam<ProgramKind> {
  protected:
    struct Setup {
        std::string ip{};
        std::string domain{};
        std::string url{};
        std::string signature{};
        std::string ignore{};
        std::string scan_ignore{};
        std::optional<ScanRule> scan{};
        peek_link_type link = PEEK_LINK_ETHERNET;
        KernelProgram::Options options{.rings = 1};  // tests that fill it need to know which
    };

    // Loads the object with these rule files' contents as generation 1.
    void load(const Setup& setup);
    // Replaces the rules by those of `setup`.
    void install(const Setup& setup, uint32_t generation);

    Outcome run(const Bytes& frame);
    // The same without looking at the ring.
    Outcome run_only(const Bytes& frame);
    std::vector<Captured> drain();
    // The next packets are from this time.
    void at(uint64_t time_ns) { program_->set_clock(0, time_ns); }

    bool is_xdp() const { return GetParam() == ProgramKind::kXdpIngress; }
    peek_hook hook() const {
        return GetParam() == ProgramKind::kTcEgress ? PEEK_HOOK_EGRESS : PEEK_HOOK_INGRESS;
    }
    // What the program answers, whatever it finds: XDP_PASS, TC_ACT_UNSPEC.
    uint32_t pass() const { return is_xdp() ? 2 : 0xffffffff; }
    // One of the program's maps, for what no interface of ours gives.
    Fd map(const std::string& name) const;
    int fd() const { return program_->program_fd(GetParam()); }

    std::unique_ptr<KernelProgram> program_;
    std::vector<std::unique_ptr<RingReader>> rings_;
    RuleSets rules_;
    uint32_t slot_ = 0;
};

inline std::string kind_name(const testing::TestParamInfo<ProgramKind>& info) {
    return info.param == ProgramKind::kXdpIngress  ? "Xdp"
           : info.param == ProgramKind::kTcIngress ? "TcIngress"
                                                   : "TcEgress";
}

// One run of `fd` on `frame`. Returns the program's answer.
uint32_t test_run(int fd, const Bytes& frame);

// Counters as readable text of what is not zero, for comparison and messages.
std::string describe(const peek_counters& counters);

}  // namespace peek::test
