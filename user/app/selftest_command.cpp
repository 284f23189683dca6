// SPDX-License-Identifier: BSD-2-Clause
#include "app/selftest_command.h"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <mutex>

#include "app/exit_status.h"
#include "app/messages.h"
#include "app/monitor.h"
#include "app/rule_files.h"
#include "app/selftest_frames.h"
#include "kernel/veth.h"

namespace peek {

namespace {

constexpr const char* kMonitored = "peekself0";
constexpr const char* kOutside = "peekself1";
constexpr std::chrono::seconds kPatience{3};
constexpr std::array kHooks{Hook::kIngress, Hook::kEgress};

// Keeps what was recorded. Written by the inspecting thread, read by ours.
class Recorded {
  public:
    void add(const Record& record) {
        const auto* scan = std::get_if<ScanFacts>(&record.evidence);
        if (scan != nullptr && scan->phase != ScanFacts::Phase::kStart) return;
        const std::lock_guard lock(mutex_);
        records_.push_back(record);
    }
    int64_t count(const BadTraffic& kind, Hook hook) const {
        const std::lock_guard lock(mutex_);
        return std::count_if(records_.begin(), records_.end(), [&](const Record& r) {
            return r.type == kind.family && r.packet.hook == hook &&
                   r.packet.src.is_v4_or_mapped() == (kind.ip_version == 4);
        });
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Record> records_;
};

class RecordedSink final : public Sink {
  public:
    explicit RecordedSink(Recorded& recorded) : recorded_(recorded) {}
    using Sink::write;
    void write(const Record& record) override { recorded_.add(record); }

  private:
    Recorded& recorded_;
};

Result<RuleSets> compile_selftest_rules() {
    RuleSets sets;
    sets.scan = ScanRule{};
    for (const SelftestRules& rules : selftest_rules()) {
        CompileReport report;
        auto compiled =
            compile_rules({rules.list, "selftest", std::string(rules.text)}, sets, report);
        if (!compiled) return compiled.error();
    }
    return sets;
}

Result<void> enter_own_network() {
    if (::unshare(CLONE_NEWNET) == 0) return make_veth_pair(kMonitored, kOutside);
    if (errno == EPERM)
        return Error{
            "selftest makes a network namespace of its own, which needs CAP_SYS_ADMIN; "
            "run it as root: sudo peek-xdp selftest"};
    return system_error("unshare(CLONE_NEWNET)", errno);
}

Result<void> send_all(const char* interface, Hook hook) {
    const Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!socket) return system_error("socket(AF_PACKET)", errno);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    for (const BadTraffic& kind : bad_traffic(hook))
        for (const FrameBytes& frame : kind.frames)
            if (::sendto(socket.get(), frame.data(), frame.size(), 0,
                         reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
                return system_error(std::string("sending ") + std::string(kind.name), errno);
    return {};
}

bool all_recorded(const Recorded& recorded) {
    for (const Hook hook : kHooks)
        for (const BadTraffic& kind : bad_traffic(hook))
            if (recorded.count(kind, hook) != 1) return false;
    return true;
}

void wait_for_records(const Recorded& recorded) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!all_recorded(recorded) && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// A line a kind; true when each was recorded exactly once on each hook.
bool print_results(const Recorded& recorded) {
    for (const BadTraffic& kind : bad_traffic(Hook::kIngress)) {
        const int64_t in = recorded.count(kind, Hook::kIngress);
        const int64_t out = recorded.count(kind, Hook::kEgress);
        fmt::print("{:<5} {:<13} ingress {} of 1, egress {} of 1\n",
                   in == 1 && out == 1 ? "ok" : "FAIL", kind.name, in, out);
    }
    return all_recorded(recorded);
}

bool print_ledger(const Ledger& ledger) {
    uint64_t seen = 0;
    for (const LedgerEntry& entry : ledger.entries) seen += entry.seen;
    const bool complete = is_complete(ledger);
    fmt::print("{:<5} {:<13} {} packets seen, {}\n", complete ? "ok" : "FAIL", "ledger", seen,
               complete ? "complete" : "not complete");
    return complete;
}

Result<bool> selftest() {
    auto rules = compile_selftest_rules();
    if (!rules) return rules.error();
    if (auto entered = enter_own_network(); !entered) return entered.error();
    AttachOptions options;
    options.targets = {{.interface = kMonitored}};
    Recorded recorded;
    Sinks sinks;
    sinks.push_back(std::make_unique<RecordedSink>(recorded));
    auto monitor = Monitor::start(options, std::move(*rules), std::move(sinks));
    if (!monitor) return monitor.error();
    (*monitor)->inspect();
    for (const auto& [interface, hook] :
         {std::pair{kOutside, Hook::kIngress}, std::pair{kMonitored, Hook::kEgress}})
        if (auto sent = send_all(interface, hook); !sent) return sent.error();
    wait_for_records(recorded);
    const bool seen = print_results(recorded);
    return print_ledger((*monitor)->stop()) && seen;
}

}  // namespace

int run_selftest() {
    auto passed = selftest();
    if (!passed) return fail(passed.error());
    if (std::fflush(stdout) != 0) return fail(system_error("standard output", errno));
    if (*passed) return kExitDone;
    return fail(Error{"not every packet was recorded; see `peek-xdp doctor`"});
}

}  // namespace peek
