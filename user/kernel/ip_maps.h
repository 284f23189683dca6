// SPDX-License-Identifier: BSD-2-Clause
// The kernel maps that hold one IP rule set: built aside, then put into a bank of the outer maps.
#pragma once

#include <cstdint>
#include <span>

#include "rules/ip_rules.h"
#include "util/fd.h"
#include "util/result.h"

namespace peek {

// Descriptors of the inner maps of one bank. A part of the set that is empty has none, and the
// bank's ip_parts tells the programs not to look for it.
struct IpMaps {
    Fd v4_exact;
    Fd v4_nets;
    Fd v6_exact;
    Fd v6_nets;
};

// The same for one ignore list.
struct IgnoreMaps {
    Fd v4;
    Fd v6;
};

// Descriptors of the outer maps; they belong to the loaded object.
struct OuterIpMaps {
    int v4_exact = -1;
    int v4_nets = -1;
    int v6_exact = -1;
    int v6_nets = -1;
    int v4_ignore = -1;
    int v6_ignore = -1;
};

// Creates and fills the maps of `image`.
Result<IpMaps> build_ip_maps(const KernelIpImage& image);

// The same maps once more.
Result<IpMaps> duplicate(const IpMaps& maps);
// Takes the networks of `image` out of its tries.
void empty_tries(const KernelIpImage& image, const IpMaps& maps);

// Sets the set's bits in PEEK_LINES zeroed lines of map peek_v4_lines.
void fill_v4_lines(const KernelIpImage& image, std::span<peek_line> lines);

// Makes `fresh` what `bank` of the outer maps holds, in place of `held`, which becomes `fresh`. The
// bank must be idle: after a failure it holds some of each.
Result<void> place_ip_maps(const OuterIpMaps& outer, uint32_t bank, IpMaps fresh, IpMaps& held);

// Takes out of an idle bank whatever it holds.
void clear_ip_maps(const OuterIpMaps& outer, uint32_t bank);

// The same for an ignore list: addresses are networks of full length there. `key` is that of the
// outer maps.
Result<IgnoreMaps> build_ignore_maps(const KernelIpImage& image);
Result<void> place_ignore_maps(const OuterIpMaps& outer, uint32_t key, IgnoreMaps fresh,
                               IgnoreMaps& held);

}  // namespace peek
