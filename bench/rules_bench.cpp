// SPDX-License-Identifier: BSD-2-Clause
// How long rule files take to load, and one match against what was loaded. Prints one line a
// figure; random but the same on every run.
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "rules/domain_rules.h"
#include "rules/ip_rules.h"
#include "rules/string_rules.h"
#include "util/bytes.h"

namespace peek {
namespace {

using Clock = std::chrono::steady_clock;

std::mt19937_64 g_random(20161030);

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// CPU time tells more than the wall clock on a machine that does other things, too.
double cpu_milliseconds() {
    timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) * 1e3 + static_cast<double>(spent.tv_nsec) / 1e6;
}

std::string random_v4() {
    const uint64_t bits = g_random();
    std::array<uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &bits, bytes.size());
    return IpAddress::v4(bytes).to_string();
}

std::string random_v6() {
    std::array<uint8_t, 16> bytes;
    const std::array<uint64_t, 2> bits{g_random(), g_random()};
    std::memcpy(bytes.data(), bits.data(), bytes.size());
    bytes[0] = 0x20;
    return IpAddress::v6(bytes).to_string();
}

std::string random_word(size_t size) {
    std::string word(size, 'a');
    for (char& c : word) c = static_cast<char>('a' + g_random() % 26);
    return word;
}

// Eight of ten IPv4 addresses, one IPv4 network, one IPv6 address.
std::string ip_file(size_t rules) {
    std::string bytes;
    for (size_t i = 0; i < rules; ++i) {
        switch (i % 10) {
            case 0:
                bytes += random_v6();
                break;
            case 1:
                bytes += random_v4() + '/' + std::to_string(16 + g_random() % 16);
                break;
            default:
                bytes += random_v4();
        }
        bytes += '\n';
    }
    return bytes;
}

std::string domain_file(size_t rules) {
    std::string bytes;
    for (size_t i = 0; i < rules; ++i) {
        if (i % 3 == 0) bytes += random_word(4) + '.';
        bytes += random_word(6 + g_random() % 10) + ".example\n";
    }
    return bytes;
}

std::string string_file(size_t rules) {
    std::string bytes;
    for (size_t i = 0; i < rules; ++i) bytes += random_word(8 + g_random() % 17) + '\n';
    return bytes;
}

struct Cost {
    double wall_ms = 0;
    double cpu_ms = 0;
};

Cost load(Family family, const std::string& bytes, RuleSets& sets) {
    const RuleFile file{rule_list(family), std::string(family_name(family)), bytes};
    CompileReport report;
    const Clock::time_point start = Clock::now();
    const double cpu_start = cpu_milliseconds();
    const Result<void> loaded = compile_rules(file, sets, report);
    const Cost cost{milliseconds_since(start), cpu_milliseconds() - cpu_start};
    if (!loaded) {
        std::fprintf(stderr, "%s\n", loaded.error().text.c_str());
        std::exit(1);
    }
    const RuleSet& set = *sets.set(family);
    std::printf("load  %-10s %8u rules  %8.1f ms  %8.1f ms CPU  %7.1f MiB\n", file.name.c_str(),
                set.size(), cost.wall_ms, cost.cpu_ms,
                static_cast<double>(set.memory_bytes()) / (1 << 20));
    return cost;
}

// Best of five rounds over all inputs; `match` returns the number of distinct rules.
template <typename Inputs, typename Match>
void measure(const char* what, const Inputs& inputs, Match match) {
    double best = 1e300;
    uint64_t hits = 0;
    for (int round = 0; round < 5; ++round) {
        hits = 0;
        const double start = cpu_milliseconds();
        for (const auto& input : inputs) hits += match(input);
        best = std::min(best, cpu_milliseconds() - start);
    }
    std::printf("match %-22s %8.1f ns CPU  (%llu hits in %zu)\n", what,
                best * 1e6 / static_cast<double>(inputs.size()),
                static_cast<unsigned long long>(hits), inputs.size());
}

constexpr size_t kInputs = 200'000;

template <typename Make>
auto make_inputs(size_t count, Make make) {
    std::vector<decltype(make())> inputs;
    inputs.reserve(count);
    for (size_t i = 0; i < count; ++i) inputs.push_back(make());
    return inputs;
}

void measure_ip(const IpRules& rules) {
    const auto pairs = make_inputs(kInputs, [] {
        const std::array<uint64_t, 2> bits{g_random(), g_random()};
        std::array<uint8_t, 16> bytes;
        std::memcpy(bytes.data(), bits.data(), bytes.size());
        return bytes;
    });
    std::vector<RuleId> ids;
    measure("IPv4 pair", pairs, [&](const std::array<uint8_t, 16>& b) {
        ids.clear();
        rules.collect(IpAddress::v4(std::span<const uint8_t, 4>(b.data(), 4)),
                      IpAddress::v4(std::span<const uint8_t, 4>(b.data() + 4, 4)), ids);
        return ids.size();
    });
    measure("IPv6 pair", pairs, [&](const std::array<uint8_t, 16>& b) {
        ids.clear();
        rules.collect(IpAddress::v6(b), IpAddress::v6(b), ids);
        return ids.size();
    });
}

void measure_domain(const DomainRules& rules) {
    const auto names = make_inputs(kInputs, [] {
        std::string wire;
        for (const std::string& label : {std::string("www"), random_word(10), std::string("com")}) {
            wire += static_cast<char>(label.size());
            wire += label;
        }
        return wire + '\0';
    });
    std::vector<RuleId> ids;
    measure("name of three labels", names, [&](const std::string& name) {
        ids.clear();
        rules.collect(name, ids);
        return ids.size();
    });
}

void measure_strings(const StringRules& rules) {
    const auto payloads = make_inputs(2'000, [] { return random_word(1'050); });
    StringRules::Scratch scratch;
    std::vector<RuleId> ids;
    measure("payload of 1,050 bytes", payloads, [&](const std::string& payload) {
        ids.clear();
        rules.collect(as_bytes(payload), scratch, ids);
        return ids.size();
    });
}

void run(size_t addresses, size_t domains, size_t strings) {
    RuleSets sets;
    Cost total;
    const auto add = [&](Family family, const std::string& bytes) {
        const Cost cost = load(family, bytes, sets);
        total.wall_ms += cost.wall_ms;
        total.cpu_ms += cost.cpu_ms;
    };
    add(Family::kIp, ip_file(addresses));
    add(Family::kDomain, domain_file(domains));
    if (strings > 0) {
        add(Family::kUrl, string_file(strings));
        add(Family::kSignature, string_file(strings));
    }
    std::printf("load  all of them                %8.1f ms  %8.1f ms CPU\n", total.wall_ms,
                total.cpu_ms);
    measure_ip(*sets.ip);
    measure_domain(*sets.domain);
    if (strings > 0) measure_strings(*sets.signature);
    std::printf("\n");
}

}  // namespace
}  // namespace peek

int main() {
    peek::run(100'000, 100'000, 1'000);
    peek::run(1'000'000, 1'000'000, 0);
}
