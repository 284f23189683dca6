// SPDX-License-Identifier: BSD-2-Clause
// What the two parts of kernel_bench share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace peek::bench {

[[noreturn]] inline void die(const std::string& what) {
    std::fprintf(stderr, "kernel_bench: %s\n", what.c_str());
    std::exit(1);
}

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// Random addresses, all of them even, and networks of /20 … /28 in
// 240.0.0.0/4: the packets of the benchmark match none.
std::string ip_rules(uint32_t addresses, uint32_t networks);
std::string domain_rules(uint32_t domains);

// What the programs add to a packet.
void measure_packets();
// How long a swap of large rule sets takes and how long the rings wait meanwhile.
void measure_swap();

}  // namespace peek::bench
