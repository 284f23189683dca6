/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The scan table: what both sides know of its maps. */
#ifndef PEEK_ABI_SCAN_H
#define PEEK_ABI_SCAN_H

#include <peek/abi/hash.h>

/*
 * Map peek_scan: array of sets, a set's ways shared by the pairs that hash to it. Map
 * peek_scan_door: array of buckets, where a pair waits until it probes a second port. Each one
 * table for all CPUs, interfaces and hooks; their layout is private to bpf/ but for their sizes and
 * peek_pair_hash(). Map peek_scan_tags: array of struct peek_scan_tags, who is in the sets: written
 * by the programs with the set's lock held, read by them without, and by the controller, which
 * counts the pairs that are live: such as probed within the window.
 */
enum {
	PEEK_SCAN_WAYS = 4,
	PEEK_SCAN_SETS = 4096, /* 4,096 sets × 4 ways × 1.2 KiB = 20 MB for 16,384 pairs */
	PEEK_SCAN_DOOR_WAYS = 3,
	PEEK_SCAN_DOORS = 1 << 18, /* 262,144 buckets × 64 bytes = 16 MiB for 786,432 pairs */
};

struct peek_scan_tags {
	__u32 tag[PEEK_SCAN_WAYS];  /* of the pair's hash; 0: the way was never used */
	__u32 last[PEEK_SCAN_WAYS]; /* its latest probe's time >> PEEK_SCAN_LAST_SHIFT: seconds */
};
enum { PEEK_SCAN_LAST_SHIFT = 30 };

/* Of a (source, destination) pair, each address as two halves of its (mapped) 16 bytes. A set is
 * named by the lowest bits, a bucket by those above bit 12, a pair in either by the upper half. */
static inline __u64 peek_pair_hash(const __u64 *src, const __u64 *dst, __u64 seed)
{
	__u64 hash = seed;

	if (src[0] | dst[0])
		hash = peek_mix64(peek_mix64(hash ^ src[0]) ^ dst[0]);
	return peek_mix64(peek_mix64(hash ^ src[1]) ^ dst[1]);
}

#endif /* PEEK_ABI_SCAN_H */
