// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/rule_banks.h"

#include <bpf/libbpf.h>
#include <peek.skel.h>

#include <algorithm>
#include <span>
#include <utility>

#include "kernel/memory.h"
#include "rules/ip_rules.h"

namespace peek {

namespace {

template <typename T>
std::span<T> half(const MappedArray<T>& array, uint32_t bank, size_t count) {
    return {array.get() + bank * count, count};
}

}  // namespace

Result<void> RuleBanks::open(const peek_bpf& skeleton) {
    const auto& maps = skeleton.maps;
    outer_ = {bpf_map__fd(maps.peek_v4_exact),  bpf_map__fd(maps.peek_v4_nets),
              bpf_map__fd(maps.peek_v6_exact),  bpf_map__fd(maps.peek_v6_nets),
              bpf_map__fd(maps.peek_v4_ignore), bpf_map__fd(maps.peek_v6_ignore)};
    if (auto r = v4_bits_.open(maps.peek_v4_bits, 2UL * PEEK_BITMAP_WORDS); !r) return r;
    if (auto r = v6_bits_.open(maps.peek_v6_bits, 2UL * PEEK_BITMAP_WORDS); !r) return r;
    return v4_lines_.open(maps.peek_v4_lines, 2UL * PEEK_LINES);
}

Result<void> RuleBanks::fill(const RuleSets& rules, uint32_t bank, uint64_t seed,
                             peek_bank& image) {
    if (auto r = check_memory(needed_bytes(rules, bank), MemoryUse::kAddressMaps); !r) return r;
    if (rules.ip) {
        if (auto r = fill_ip(rules.ip, bank, seed); !r) return r;
        const KernelIpImage kernel = rules.ip->kernel_image();
        image.ip_parts = kernel.ip_parts;
        if (kernel.v4_exact_be.size() > PEEK_DENSE_ADDRESSES) image.ip_parts |= PEEK_IP_V4_DENSE;
        image.v6_stages = kernel.v6_stages;
    }
    return fill_ignored(rules, bank, image);
}

// The ignore lists are built anew each time.
uint64_t RuleBanks::needed_bytes(const RuleSets& rules, uint32_t bank) const {
    const bool shared = banks_.at(bank ^ 1U).ip == rules.ip;
    return (shared ? 0 : kernel_bytes(rules, RuleList::kIp)) +
           kernel_bytes(rules, RuleList::kIgnore) + kernel_bytes(rules, RuleList::kScanIgnore);
}

Result<void> RuleBanks::fill_ip(const std::shared_ptr<const IpRules>& rules, uint32_t bank,
                                uint64_t seed) {
    const Bank& other = banks_.at(bank ^ 1U);
    const bool shared = other.ip == rules;
    auto maps = shared ? duplicate(other.maps) : build_ip_maps(rules->kernel_image());
    if (!maps) return maps.error();
    banks_.at(bank).ip = nullptr;
    if (auto r = place_ip_maps(outer_, bank, std::move(*maps), banks_.at(bank).maps); !r) return r;
    banks_.at(bank).ip = rules;
    if (shared)
        copy_bits(bank ^ 1U, bank);
    else
        fill_bits(*rules, bank, seed);
    return {};
}

void RuleBanks::fill_bits(const IpRules& rules, uint32_t bank, uint64_t seed) {
    const KernelIpImage kernel = rules.kernel_image();
    std::copy(kernel.v4_bits.begin(), kernel.v4_bits.end(),
              half(v4_bits_, bank, PEEK_BITMAP_WORDS).begin());
    const auto v6 = half(v6_bits_, bank, PEEK_BITMAP_WORDS);
    std::fill(v6.begin(), v6.end(), 0);
    rules.fill_v6_bits(seed, v6);
    const auto lines = half(v4_lines_, bank, PEEK_LINES);
    std::fill(lines.begin(), lines.end(), peek_line{});
    fill_v4_lines(kernel, lines);
}

void RuleBanks::copy_bits(uint32_t from, uint32_t to) {
    const auto copy = [=](const auto& array, size_t count) {
        const auto source = half(array, from, count);
        std::copy(source.begin(), source.end(), half(array, to, count).begin());
    };
    copy(v4_bits_, PEEK_BITMAP_WORDS);
    copy(v6_bits_, PEEK_BITMAP_WORDS);
    copy(v4_lines_, PEEK_LINES);
}

Result<void> RuleBanks::fill_ignored(const RuleSets& rules, uint32_t bank, peek_bank& image) {
    const IpRules* const lists[] = {rules.ignore.get(), rules.scan_ignore.get()};
    constexpr std::array kV4{PEEK_IGNORE_V4, PEEK_IGNORE_SCAN_V4};
    constexpr std::array kV6{PEEK_IGNORE_V6, PEEK_IGNORE_SCAN_V6};
    for (uint32_t list = 0; list < 2; ++list) {
        auto maps = build_ignore_maps(lists[list] ? lists[list]->kernel_image() : KernelIpImage{});
        if (!maps) return maps.error();
        if (maps->v4) image.ignore_parts |= kV4.at(list);
        if (maps->v6) image.ignore_parts |= kV6.at(list);
        if (auto r = place_ignore_maps(outer_, 2 * bank + list, std::move(*maps),
                                       banks_.at(bank).ignored.at(list));
            !r)
            return r;
    }
    return {};
}

// The kernel frees a trie in one go, 100,000 networks in about 100 ms during which a CPU does
// nothing else; so it is emptied before, in pieces. What cannot be taken out now goes with the next
// swap.
void RuleBanks::release(uint32_t bank) {
    Bank& old = banks_.at(bank);
    if (old.ip && old.ip != banks_.at(bank ^ 1U).ip) empty_tries(old.ip->kernel_image(), old.maps);
    old.ip = nullptr;
    if (std::exchange(strangers_, false)) clear_ip_maps(outer_, bank);
    (void)place_ip_maps(outer_, bank, {}, old.maps);
}

}  // namespace peek
