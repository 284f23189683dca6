// SPDX-License-Identifier: BSD-2-Clause
// How long it takes to compile and install 1,000,000 addresses and 1,000,000 domains anew, and how
// long a thread that empties the rings meanwhile has to wait for its turn at most.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "bench.h"
#include "kernel/program.h"
#include "kernel/ring.h"
#include "rules/domain_rules.h"
#include "rules/ip_rules.h"

namespace peek::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kEntries = 1'000'000;
constexpr int kSwaps = 5;

double milliseconds(Clock::duration d) {
    return std::chrono::duration<double, std::milli>(d).count();
}

// Empties rings as the monitor does, which sleeps while they are empty, and notes the longest time
// between two rounds.
class Drain {
  public:
    explicit Drain(const KernelProgram& program) {
        auto readers = RingReader::open_all(program);
        if (!readers) die(readers.error().text);
        readers_ = std::move(*readers);
        thread_ = std::thread([this] { run(); });
    }
    ~Drain() {
        stop_ = true;
        thread_.join();
    }
    Drain(const Drain&) = delete;
    Drain& operator=(const Drain&) = delete;

    Clock::duration take_longest() { return Clock::duration(longest_.exchange(0)); }

  private:
    void run() {
        Clock::time_point last = Clock::now();
        while (!stop_) {
            for (const auto& reader : readers_)
                reader->drain([](std::span<const uint8_t>) { return true; });
            const Clock::time_point now = Clock::now();
            longest_ = std::max(longest_.load(), (now - last).count());
            last = now;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    std::vector<std::unique_ptr<RingReader>> readers_;
    std::atomic<Clock::rep> longest_ = 0;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

void compile(RuleList list, const std::string& text, RuleSets& rules) {
    CompileReport report;
    if (auto r = compile_rules({list, "bench", text}, rules, report); !r) die(r.error().text);
}

struct Times {
    std::vector<double> compile;
    std::vector<double> install;
    std::vector<double> gap;
};

void swap_once(KernelProgram& program, Drain& drain, uint32_t generation, const std::string& ips,
               const std::string& domains, Times& times) {
    drain.take_longest();
    const Clock::time_point start = Clock::now();
    RuleSets rules;
    rules.generation = generation;
    RuleSets other;
    std::thread aside([&] { compile(RuleList::kDomain, domains, other); });
    compile(RuleList::kIp, ips, rules);
    aside.join();
    rules.domain = other.domain;
    const Clock::time_point compiled = Clock::now();
    if (auto r = program.install(rules); !r) die(r.error().text);
    times.compile.push_back(milliseconds(compiled - start));
    times.install.push_back(milliseconds(Clock::now() - compiled));
    times.gap.push_back(milliseconds(drain.take_longest()));
}

void print_row(const char* name, const std::vector<double>& values) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    std::printf("%-40s %9.0f %9.0f %9.0f\n", name, median(values), *least, *most);
}

}  // namespace

void measure_swap() {
    const std::string ips = ip_rules(kEntries, 1000);
    const std::string domains = domain_rules(kEntries);
    auto program = KernelProgram::load({});
    if (!program) die(program.error().text);
    Drain drain(**program);
    Times times;
    for (uint32_t i = 1; i <= kSwaps; ++i) swap_once(**program, drain, i, ips, domains, times);
    std::printf("\nswap of %u addresses, 1,000 networks and %u domains, %d times, ms\n", kEntries,
                kEntries, kSwaps);
    std::printf("%-40s %9s %9s %9s\n", "", "median", "least", "most");
    print_row("compile (two threads)", times.compile);
    print_row("build kernel maps aside and swap", times.install);
    std::vector<double> whole = times.compile;
    for (size_t i = 0; i < whole.size(); ++i) whole[i] += times.install[i];
    print_row("both; target: under 1,000", whole);
    print_row("longest time the rings were not read", times.gap);
    std::fflush(stdout);
}

}  // namespace peek::bench
