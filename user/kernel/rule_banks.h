// SPDX-License-Identifier: BSD-2-Clause
// RuleBanks: the rule maps of a loaded object. Every one exists twice; the programs read the active
// bank, the controller fills the idle one. One thread.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <memory>

#include "kernel/ip_maps.h"
#include "kernel/mapped_array.h"
#include "rules/rule_set.h"
#include "util/result.h"

struct peek_bpf;  // the skeleton

namespace peek {

class RuleBanks {
  public:
    Result<void> open(const peek_bpf& skeleton);

    // The maps were another controller's, whose inner maps are unknown here.
    void take_over() { strangers_ = true; }

    // Makes the idle `bank` that of `rules` and sets what `image` says of its maps. Address lists
    // that the other bank has already are shared with it. After a failure the bank holds some of
    // each and must not become active.
    Result<void> fill(const RuleSets& rules, uint32_t bank, uint64_t seed, peek_bank& image);
    // Gives back what the idle bank holds and the other one does not.
    void release(uint32_t bank);

  private:
    struct Bank {
        std::shared_ptr<const IpRules> ip;
        IpMaps maps;
        std::array<IgnoreMaps, 2> ignored;  // [1]: the list that only scans heed
    };

    uint64_t needed_bytes(const RuleSets& rules, uint32_t bank) const;
    Result<void> fill_ip(const std::shared_ptr<const IpRules>& rules, uint32_t bank, uint64_t seed);
    Result<void> fill_ignored(const RuleSets& rules, uint32_t bank, peek_bank& image);
    void fill_bits(const IpRules& rules, uint32_t bank, uint64_t seed);
    void copy_bits(uint32_t from, uint32_t to);

    OuterIpMaps outer_;
    MappedArray<uint64_t> v4_bits_;
    MappedArray<uint64_t> v6_bits_;
    MappedArray<peek_line> v4_lines_;
    std::array<Bank, 2> banks_;
    bool strangers_ = false;
};

}  // namespace peek
