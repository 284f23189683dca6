// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/ip_maps.h"

#include <bpf/bpf.h>
#include <endian.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace peek {
namespace {

// The kernel's ENOTSUPP, which no user-space header defines.
constexpr int kKernelNotSupported = 524;
constexpr uint32_t kBatchEntries = 65536;
constexpr size_t kDeleteEntries = 4096;

struct InnerMap {
    const char* name;
    bpf_map_type type;
    uint32_t flags;
    uint32_t key_size;
    const uint8_t* keys;  // `count` keys of key_size bytes
    uint32_t count;
};

Error map_error(const char* action, const InnerMap& map, int errnum) {
    return system_error(std::string("cannot ") + action + " kernel map " + map.name + " of " +
                            std::to_string(map.count) + " entries",
                        errnum);
}

// Returns 0 or a positive errno.
int add_one_by_one(int fd, const InnerMap& map) {
    const uint32_t value = 1;
    for (uint32_t i = 0; i < map.count; ++i) {
        const uint8_t* key = map.keys + static_cast<size_t>(i) * map.key_size;
        if (bpf_map_update_elem(fd, key, &value, BPF_ANY) != 0) return errno;
    }
    return 0;
}

// Keys first … end - 1. Returns 0 or a positive errno.
int add_batches(int fd, const InnerMap& map, uint32_t first, uint32_t end) {
    const std::vector<uint32_t> values(std::min(end - first, kBatchEntries), 1);
    while (first < end) {
        uint32_t count = std::min(end - first, kBatchEntries);
        const uint8_t* keys = map.keys + static_cast<size_t>(first) * map.key_size;
        if (bpf_map_update_batch(fd, keys, values.data(), &count, nullptr) != 0) return errno;
        first += count;
    }
    return 0;
}

// A large hash from two threads: each key waits for memory that is in no cache. A trie has one
// lock.
int add_side_by_side(int fd, const InnerMap& map) {
    if (map.type != BPF_MAP_TYPE_HASH || map.count < 2 * kBatchEntries)
        return add_batches(fd, map, 0, map.count);
    const uint32_t half = map.count / 2;
    auto second = std::async(std::launch::async, add_batches, fd, map, half, map.count);
    const int first = add_batches(fd, map, 0, half);
    const int errnum = second.get();
    return first != 0 ? first : errnum;
}

int add_keys(int fd, const InnerMap& map) {
    const int errnum = add_side_by_side(fd, map);
    if (errnum == EINVAL || errnum == kKernelNotSupported) return add_one_by_one(fd, map);
    return errnum;
}

Result<Fd> build(const InnerMap& map) {
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = map.flags);
    Fd fd(bpf_map_create(map.type, map.name, map.key_size, sizeof(uint32_t),
                         std::max(1U, map.count), &options));
    if (!fd) return map_error("create", map, errno);
    if (const int errnum = add_keys(fd.get(), map)) return map_error("fill", map, errnum);
    return fd;
}

// A list's networks and addresses as prefixes.
template <typename Net, typename Address>
std::vector<Net> with_addresses(std::span<const Net> nets, std::span<const Address> addresses) {
    std::vector<Net> all(nets.begin(), nets.end());
    for (const Address& address : addresses) {
        Net& net = all.emplace_back();
        net.prefix_len = 8 * sizeof(address);
        std::memcpy(net.addr_be, &address, sizeof(address));
    }
    return all;
}

template <typename Key>
InnerMap describe(const char* name, bpf_map_type type, std::span<Key> keys) {
    return {name,
            type,
            type == BPF_MAP_TYPE_LPM_TRIE ? uint32_t{BPF_F_NO_PREALLOC} : 0,
            sizeof(Key),
            reinterpret_cast<const uint8_t*>(keys.data()),
            static_cast<uint32_t>(keys.size())};
}

// Builds a part into `to`, unless it is empty.
Result<void> build_part(const InnerMap& map, Fd& to) {
    if (map.count == 0) return {};
    auto built = build(map);
    if (!built) return built.error();
    to = std::move(*built);
    return {};
}

Result<void> place(int outer, uint32_t bank, Fd fresh, Fd& held) {
    const int inner = fresh.get();
    if (fresh && bpf_map_update_elem(outer, &bank, &inner, BPF_ANY) != 0)
        return system_error("cannot put an IP set into the idle bank", errno);
    if (!fresh && held && bpf_map_delete_elem(outer, &bank) != 0)
        return system_error("cannot take an IP set out of the idle bank", errno);
    held = std::move(fresh);
    return {};
}

}  // namespace

Result<IpMaps> build_ip_maps(const KernelIpImage& image) {
    IpMaps maps;
    const std::pair<InnerMap, Fd*> parts[] = {
        {describe("peek_v4_hosts", BPF_MAP_TYPE_HASH, image.v4_exact_be), &maps.v4_exact},
        {describe("peek_v4_prefix", BPF_MAP_TYPE_LPM_TRIE, image.v4_nets), &maps.v4_nets},
        {describe("peek_v6_hosts", BPF_MAP_TYPE_HASH, image.v6_exact_be), &maps.v6_exact},
        {describe("peek_v6_prefix", BPF_MAP_TYPE_LPM_TRIE, image.v6_nets), &maps.v6_nets},
    };
    for (const auto& [map, to] : parts) {
        if (auto built = build_part(map, *to); !built) return built.error();
    }
    return maps;
}

Result<IpMaps> duplicate(const IpMaps& maps) {
    IpMaps copy;
    const std::pair<const Fd*, Fd*> parts[] = {{&maps.v4_exact, &copy.v4_exact},
                                               {&maps.v4_nets, &copy.v4_nets},
                                               {&maps.v6_exact, &copy.v6_exact},
                                               {&maps.v6_nets, &copy.v6_nets}};
    for (const auto& [from, to] : parts) {
        if (!*from) continue;
        to->reset(::fcntl(from->get(), F_DUPFD_CLOEXEC, 0));
        if (!*to) return system_error("cannot duplicate the descriptor of an IP set", errno);
    }
    return copy;
}

void empty_tries(const KernelIpImage& image, const IpMaps& maps) {
    const auto empty = [](const Fd& map, const auto& nets) {
        for (size_t done = 0; map && done < nets.size();) {
            auto count = static_cast<uint32_t>(std::min(nets.size() - done, kDeleteEntries));
            if (bpf_map_delete_batch(map.get(), &nets[done], &count, nullptr) != 0) return;
            done += count;
        }
    };
    empty(maps.v4_nets, image.v4_nets);
    empty(maps.v6_nets, image.v6_nets);
}

void fill_v4_lines(const KernelIpImage& image, std::span<peek_line> lines) {
    const auto set = [lines](uint32_t addr, uint32_t bits) {
        auto& words = lines[peek_v4_line(addr)].words;
        for (int i = 0; i < 3; ++i, bits >>= 9)
            words[bits % PEEK_LINE_BITS / 64] |= uint64_t{1} << (bits % 64);
    };
    for (const uint32_t addr_be : image.v4_exact_be) {
        const uint32_t addr = be32toh(addr_be);
        set(addr, peek_v4_exact_bits(addr));
    }
    for (const peek_v4_net& net : image.v4_nets) {
        uint32_t first = 0;
        std::memcpy(&first, net.addr_be, sizeof first);
        first = be32toh(first);
        const uint64_t networks = net.prefix_len >= 24 ? 1 : uint64_t{1} << (24 - net.prefix_len);
        for (uint64_t i = 0; i < networks; ++i) {
            const uint32_t addr = first + static_cast<uint32_t>(i << 8);
            set(addr, peek_v4_nets_bits(addr));
        }
    }
}

Result<void> place_ip_maps(const OuterIpMaps& outer, uint32_t bank, IpMaps fresh, IpMaps& held) {
    if (auto r = place(outer.v4_exact, bank, std::move(fresh.v4_exact), held.v4_exact); !r)
        return r;
    if (auto r = place(outer.v4_nets, bank, std::move(fresh.v4_nets), held.v4_nets); !r) return r;
    if (auto r = place(outer.v6_exact, bank, std::move(fresh.v6_exact), held.v6_exact); !r)
        return r;
    return place(outer.v6_nets, bank, std::move(fresh.v6_nets), held.v6_nets);
}

void clear_ip_maps(const OuterIpMaps& outer, uint32_t bank) {
    for (const int map : {outer.v4_exact, outer.v4_nets, outer.v6_exact, outer.v6_nets})
        (void)bpf_map_delete_elem(map, &bank);
}

Result<IgnoreMaps> build_ignore_maps(const KernelIpImage& image) {
    IgnoreMaps maps;
    const auto v4 = with_addresses<peek_v4_net>(image.v4_nets, image.v4_exact_be);
    const auto v6 = with_addresses<peek_v6_net>(image.v6_nets, image.v6_exact_be);
    const std::pair<InnerMap, Fd*> parts[] = {
        {describe("peek_v4_ignored", BPF_MAP_TYPE_LPM_TRIE, std::span(v4)), &maps.v4},
        {describe("peek_v6_ignored", BPF_MAP_TYPE_LPM_TRIE, std::span(v6)), &maps.v6},
    };
    for (const auto& [map, to] : parts) {
        if (auto built = build_part(map, *to); !built) return built.error();
    }
    return maps;
}

Result<void> place_ignore_maps(const OuterIpMaps& outer, uint32_t key, IgnoreMaps fresh,
                               IgnoreMaps& held) {
    if (auto r = place(outer.v4_ignore, key, std::move(fresh.v4), held.v4); !r) return r;
    return place(outer.v6_ignore, key, std::move(fresh.v6), held.v6);
}

}  // namespace peek
