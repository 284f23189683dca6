// SPDX-License-Identifier: BSD-2-Clause
// Addresses and networks, IPv4 and IPv6: the IP blacklist and the ignore lists (grammar:
// rules/README.md).
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "rules/ip_table.h"
#include "rules/rule_set.h"
#include "util/ip_address.h"

namespace peek {

// The set as the kernel's maps want it (include/peek/abi.h describes each). Spans point into the
// IpRules they came from. The IPv6 bitmap depends on the hash seed of the loaded BPF object and is
// therefore written by IpRules::fill_v6_bits().
struct KernelIpImage {
    std::span<const uint32_t> v4_exact_be;  // network byte order
    std::span<const peek_v4_net> v4_nets;
    std::span<const std::array<uint8_t, 16>> v6_exact_be;
    std::span<const peek_v6_net> v6_nets;
    std::span<const uint64_t> v4_bits;  // PEEK_BITMAP_WORDS words
    uint32_t ip_parts;                  // enum peek_ip_set_part
    uint32_t v6_stages;                 // enum peek_v6_stage
};

class IpRules final : public RuleSet {
  public:
    static Result<std::shared_ptr<const IpRules>> compile(const RuleFile& file,
                                                          CompileReport& report);

    // Appends the ids of the rules that cover either address, in any order, each once. An
    // IPv4-mapped IPv6 address is matched as the IPv4 address, and by IPv4 rules only: `::/0` does
    // not cover it, here as in the kernel's maps.
    void collect(const IpAddress& src, const IpAddress& dst, std::vector<RuleId>& ids) const;
    // The lowest of them, or kNoRule.
    RuleId lowest(const IpAddress& src, const IpAddress& dst) const;
    bool covers(const IpAddress& src, const IpAddress& dst) const {
        return lowest(src, dst) != kNoRule;
    }
    // False of most IPv4 packets that no rule covers, for less than asking which does.
    bool may_match(const IpAddress& src, const IpAddress& dst) const {
        return src.version() != 4 || may_match_v4(src) || may_match_v4(dst);
    }

    KernelIpImage kernel_image() const;
    // Sets this set's bits in `words` (PEEK_BITMAP_WORDS zeroed words) under the kernel's seed.
    void fill_v6_bits(uint64_t seed, std::span<uint64_t> words) const;

    uint64_t memory_bytes() const override;

  private:
    using RuleSet::RuleSet;

    template <typename Visit>
    void for_each_match(const IpAddress& src, const IpAddress& dst, Visit visit) const;
    bool may_match_v4(const IpAddress& address) const {
        uint32_t be;
        std::memcpy(&be, address.bytes4().data(), sizeof be);
        const uint32_t bit = peek_v4_bit(be32toh(be));
        return (v4_bits_[bit / 64] >> bit % 64 & 1) != 0;
    }
    // The address in the table of its version, or nothing when the first stage rules it out.
    std::optional<Ipv4::Bits> v4_candidate(const IpAddress& address) const;
    std::optional<Ipv6::Bits> v6_candidate(const IpAddress& address) const;
    void drop_duplicates(std::span<const RuleId> duplicates);
    void fill_v4_bits();
    void build_first_stage();

    IpTable<Ipv4> v4_;
    IpTable<Ipv6> v6_;
    std::vector<uint64_t> v4_bits_;
    std::vector<uint64_t> v6_bits_;  // under this process's own seed; empty without IPv6 rules
    uint32_t v6_stages_ = 0;
};

}  // namespace peek
