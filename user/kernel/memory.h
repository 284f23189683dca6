// SPDX-License-Identifier: BSD-2-Clause
// Memory: what the maps of a rule set need, and whether there is as much as is needed.
#pragma once

#include <cstdint>
#include <string>

#include "rules/rule_set.h"
#include "util/result.h"

namespace peek {

// Of a preallocated hash of `entries`: kernel/bpf/hashtab.c keeps 48 bytes beside key and value,
// one spare element a CPU, and buckets of 16 bytes, their number rounded up to a power of two.
uint64_t hash_map_bytes(uint64_t entries, uint64_t key_size, uint64_t value_size, uint64_t cpus);
// Of an LPM trie, at most: as many inner nodes as entries but one, each node an allocation of the
// next of the kernel's sizes. kernel/bpf/lpm_trie.c.
uint64_t trie_map_bytes(uint64_t entries, uint64_t address_size);

// Of the maps that the list gets: hashes and tries for addresses, tries for an ignore list, none
// for others. The bitmaps that all sets share are there from the start.
uint64_t kernel_bytes(const RuleSets& rules, RuleList list);

// Where the limits are read; for tests.
struct MemoryFiles {
    std::string proc = "/proc";
    std::string cgroups = "/sys/fs/cgroup";
};
// What the memory is for, as the refusal words it.
enum class MemoryUse : uint8_t {
    kAddressMaps,  // of the kernel, charged to this process's cgroup
    kCompiling,    // of this process, while it compiles rule lists
};
// Fails when `bytes` more would not fit into what the machine has available, or into what a cgroup
// of this process (version 2) may still take.
Result<void> check_memory(uint64_t bytes, MemoryUse use, const MemoryFiles& files = {});

}  // namespace peek
