// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/memory.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "rules/ip_rules.h"

namespace peek {

namespace {

constexpr uint64_t kHashElement = 48;
constexpr uint64_t kHashBucket = 16;
constexpr uint64_t kTrieNode = 48;

uint64_t rounded_up(uint64_t n, uint64_t to) {
    return (n + to - 1) / to * to;
}

// The kernel's allocation sizes (kmalloc, and bpf_mem_alloc after it) that nodes fall into.
uint64_t allocated(uint64_t size) {
    constexpr std::array<uint64_t, 4> kSizes{64, 96, 128, 192};
    return *std::lower_bound(kSizes.begin(), kSizes.end(), size);
}

std::optional<uint64_t> number(std::string_view text) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    return value;
}

std::optional<uint64_t> read_number(const std::string& path) {
    std::string word;
    std::ifstream(path) >> word;
    return number(word);
}

// "NAME value" or "NAME: value" in a file of such lines.
std::optional<uint64_t> read_field(const std::string& path, std::string_view name) {
    std::ifstream file(path);
    for (std::string word, value; file >> word >> value; file.ignore(1000, '\n'))
        if (word == name) return number(value);
    return std::nullopt;
}

std::string cgroup_of_this_process(const std::string& proc) {
    std::ifstream file(proc + "/self/cgroup");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("0::")) return line.substr(3);
    return {};
}

// File pages that nobody uses are given back before anything fails.
std::optional<uint64_t> room_in(const std::string& cgroup) {
    const auto limit = read_number(cgroup + "/memory.max");
    const auto used = read_number(cgroup + "/memory.current");
    if (!limit || !used) return std::nullopt;
    const uint64_t spare = read_field(cgroup + "/memory.stat", "inactive_file").value_or(0);
    const uint64_t taken = *used > spare ? *used - spare : 0;
    return *limit > taken ? *limit - taken : 0;
}

std::string mib(uint64_t bytes) {
    return std::to_string((bytes + (1U << 20) - 1) >> 20) + " MiB";
}

Error does_not_fit(uint64_t bytes, MemoryUse use, uint64_t room, const std::string& where) {
    const std::string need = use == MemoryUse::kAddressMaps
                                 ? "the address lists need " + mib(bytes) + " of kernel memory"
                                 : "compiling the rule lists takes " + mib(bytes) + " of memory";
    return Error{need + ", and only " + mib(room) + " are left " + where +
                 ": shorten them, or give it more"};
}

uint64_t address_bytes(const KernelIpImage& image) {
    const auto cpus = static_cast<uint64_t>(std::max(1, libbpf_num_possible_cpus()));
    return hash_map_bytes(image.v4_exact_be.size(), 4, sizeof(uint32_t), cpus) +
           hash_map_bytes(image.v6_exact_be.size(), 16, sizeof(uint32_t), cpus) +
           trie_map_bytes(image.v4_nets.size(), 4) + trie_map_bytes(image.v6_nets.size(), 16);
}

// Addresses are networks of full length there.
uint64_t ignore_bytes(const KernelIpImage& image) {
    return trie_map_bytes(image.v4_exact_be.size() + image.v4_nets.size(), 4) +
           trie_map_bytes(image.v6_exact_be.size() + image.v6_nets.size(), 16);
}

}  // namespace

uint64_t hash_map_bytes(uint64_t entries, uint64_t key_size, uint64_t value_size, uint64_t cpus) {
    if (entries == 0) return 0;
    const uint64_t element = kHashElement + rounded_up(key_size, 8) + rounded_up(value_size, 8);
    return (entries + cpus) * element + std::bit_ceil(entries) * kHashBucket;
}

uint64_t trie_map_bytes(uint64_t entries, uint64_t address_size) {
    if (entries == 0) return 0;
    return (2 * entries - 1) * allocated(kTrieNode + address_size + sizeof(uint32_t));
}

uint64_t kernel_bytes(const RuleSets& rules, RuleList list) {
    switch (list) {
        case RuleList::kIp:
            return rules.ip ? address_bytes(rules.ip->kernel_image()) : 0;
        case RuleList::kIgnore:
            return rules.ignore ? ignore_bytes(rules.ignore->kernel_image()) : 0;
        case RuleList::kScanIgnore:
            return rules.scan_ignore ? ignore_bytes(rules.scan_ignore->kernel_image()) : 0;
        case RuleList::kDomain:
        case RuleList::kUrl:
        case RuleList::kSignature:
            break;
    }
    return 0;
}

Result<void> check_memory(uint64_t bytes, MemoryUse use, const MemoryFiles& files) {
    const auto available = read_field(files.proc + "/meminfo", "MemAvailable:");
    if (available && *available * 1024 < bytes)
        return does_not_fit(bytes, use, *available * 1024, "on this machine");
    std::string name = cgroup_of_this_process(files.proc);
    while (!name.empty()) {
        const auto room = room_in(files.cgroups + name);
        if (room && *room < bytes) return does_not_fit(bytes, use, *room, "in cgroup " + name);
        name.resize(name.find_last_of('/'));
    }
    return {};
}

}  // namespace peek
