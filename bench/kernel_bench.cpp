// SPDX-License-Identifier: BSD-2-Clause
// kernel_bench [packets|swap]: what the kernel side costs. Needs root, attaches nothing.
#include <peek/abi.h>

#include <cstdio>
#include <string_view>

#include "bench.h"

namespace peek::bench {

namespace {

// The same on every run.
uint32_t random_bits(uint32_t i) {
    return static_cast<uint32_t>(peek_mix64((uint64_t{1} << 40) + i) >> 32);
}

std::string dotted(uint32_t a) {
    return std::to_string(a >> 24) + "." + std::to_string(a >> 16 & 255) + "." +
           std::to_string(a >> 8 & 255) + "." + std::to_string(a & 255);
}

}  // namespace

std::string ip_rules(uint32_t addresses, uint32_t networks) {
    std::string text;
    for (uint32_t i = 0; i < addresses; ++i) text += dotted(random_bits(i) & ~0x10000001U) + "\n";
    for (uint32_t i = 0; i < networks; ++i) {
        const uint32_t length = 20 + i % 9;
        const uint32_t address = random_bits(~i) | 0xf0000000U;
        text += dotted(address & ~0U << (32 - length)) + "/" + std::to_string(length) + "\n";
    }
    return text;
}

std::string domain_rules(uint32_t domains) {
    std::string text;
    for (uint32_t i = 0; i < domains; ++i)
        text += "host" + std::to_string(i * 2654435769U) + ".example" + std::to_string(i % 997) +
                ".org\n";
    return text;
}

}  // namespace peek::bench

int main(int argc, char** argv) {
    const std::string_view part = argc > 1 ? argv[1] : "";
    if (argc > 2 || (!part.empty() && part != "packets" && part != "swap"))
        peek::bench::die("usage: kernel_bench [packets|swap]");
    if (part != "swap") peek::bench::measure_packets();
    if (part != "packets") peek::bench::measure_swap();
    return 0;
}
