/* SPDX-License-Identifier: GPL-2.0 */
/* Every map of the object. Names are at most 15 characters: the kernel cuts longer ones. */
#ifndef PEEK_BPF_MAPS_H
#define PEEK_BPF_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include <peek/abi.h>

#include "scan_table.h"

/*
 * What decides: the active bank, families, thresholds, ports, clock, interfaces.
 * Key 0. Written by the controller through mmap, read by every program. One page.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_config);
} peek_config SEC(".maps");

/*
 * The ledger. Key: peek_counter_key(interface slot, hook). Written by the programs, read by the
 * controller. 130 entries of 152 bytes are 20 KB a CPU.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PEEK_COUNTER_ENTRIES);
	__type(key, __u32);
	__type(value, struct peek_counters);
} peek_counters SEC(".maps");

/*
 * First stage of the IP set, see abi/ip_set.h. Key: bank * PEEK_BITMAP_WORDS + word. Written by the
 * controller through mmap (the idle bank's half), read by the programs. 2 banks of 2^24 bits are
 * 4 MiB each. One array for both banks and not an array of maps: an inner array that may be
 * replaced is not looked up inline, which costs more than the test itself.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * PEEK_BITMAP_WORDS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} peek_v4_bits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * PEEK_BITMAP_WORDS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} peek_v6_bits SEC(".maps");

/*
 * A finer filter for IPv4, see abi/ip_set.h. Key: bank * PEEK_LINES + line. 2 banks of 32,768 cache
 * lines are 4 MiB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * PEEK_LINES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_line);
} peek_v4_lines SEC(".maps");

/*
 * Second stage of the IP set: outer maps by bank. The controller builds an inner map for each rule
 * set and puts it into the idle bank's entry; the programs look up only what the bank's ip_parts
 * names. The templates say what an inner map is like but for its size: preallocated hashes,
 * because freeing one without preallocation holds a CPU for long. Sizes and not types, because
 * clang keeps no more than a declaration of a struct that only a template names.
 * 1,000,000 IPv4 addresses are 81 MB, IPv6 89 MB; 100,000 networks 13 and 19 MB.
 */
struct peek_v4_exact_set {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__be32));
	__uint(value_size, sizeof(__u32));
};

struct peek_v6_exact_set {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u8[16]));
	__uint(value_size, sizeof(__u32));
};

struct peek_v4_nets_set {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, sizeof(struct peek_v4_net));
	__uint(value_size, sizeof(__u32));
};

struct peek_v6_nets_set {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, sizeof(struct peek_v6_net));
	__uint(value_size, sizeof(__u32));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct peek_v4_exact_set);
} peek_v4_exact SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct peek_v6_exact_set);
} peek_v6_exact SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct peek_v4_nets_set);
} peek_v4_nets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct peek_v6_nets_set);
} peek_v6_nets SEC(".maps");

/*
 * The ignore lists: outer maps by 2 * bank, + 1 for the list that only scans heed. Filled like the
 * sets above; an address is a prefix of full length.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct peek_v4_nets_set);
} peek_v4_ignore SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct peek_v6_nets_set);
} peek_v6_ignore SEC(".maps");

/*
 * SYN counts. Key: hash of the pair. One table for all CPUs, interfaces and hooks; written and read
 * by the programs only. 4,096 sets of 4,832 bytes are 20 MB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PEEK_SCAN_SETS);
	__type(key, __u32);
	__type(value, struct peek_scan_set);
} peek_scan SEC(".maps");

/*
 * Who is in peek_scan, see abi/scan.h. Key: as there. Apart from the sets, because this is read for
 * every probe and is small enough to stay in the cache: 128 KiB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PEEK_SCAN_SETS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_scan_tags);
} peek_scan_tags SEC(".maps");

/*
 * Where pairs wait that have probed one port only: most of a flood with forged sources. Key: hash
 * of the pair. 262,144 buckets of 64 bytes, three pairs each, are 16 MiB. Mmapable only because
 * such an array begins on a page, so that a bucket is a cache line; nobody may map a value with a
 * lock.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PEEK_SCAN_DOORS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_scan_door);
} peek_scan_door SEC(".maps");

/*
 * Candidates: rings of struct peek_record and the frame behind it, one for each group of CPUs: a
 * ring has one lock, and two CPUs that write to one ring wait for each other. Key:
 * cpu / peek_config.cpus_per_ring. Written by the programs, read by the controller, which makes the
 * rings: 16 MiB each unless told otherwise, a CPU's ring or that of at most a few.
 */
struct peek_ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, PEEK_MAX_RINGS);
	__type(key, __u32);
	__array(values, struct peek_ring_map);
} peek_rings SEC(".maps");

/*
 * What has been read of the rings, see abi/handover.h. Key 0. Written and read by controllers only,
 * through mmap; no program uses it. It stands here so that it is made, and pinned, with all others.
 * Two pages.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_checkpoint);
} peek_checkpoint SEC(".maps");

/* What is attached where, for the controller that takes over, see abi/handover.h. Key 0. Like the
 * former; one page. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct peek_manifest);
} peek_manifest SEC(".maps");

/*
 * Decisions without a record, see abi/counters.h. Written by the programs when a ring is full, read
 * and emptied by the controller. Preallocated, because it is needed when everything else is short:
 * 65,536 entries of 40 + 16 bytes and 48 of the kernel's are 6.8 MB, and its buckets 1 MB.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PEEK_LOSS_ENTRIES);
	__type(key, struct peek_loss_key);
	__type(value, struct peek_loss);
} peek_losses SEC(".maps");

/*
 * Where the clsact stubs jump to. Key: enum peek_hook. Filled by the controller, whose descriptor
 * is the only holder unless maps are pinned: when it dies the kernel empties the array and the
 * stubs only count.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, PEEK_HOOK_COUNT);
	__type(key, __u32);
	__type(value, __u32);
} peek_stub SEC(".maps");

#endif /* PEEK_BPF_MAPS_H */
