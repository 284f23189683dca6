/* SPDX-License-Identifier: GPL-2.0 */
/* The values of maps peek_scan, sets of (source, destination) pairs, and peek_scan_door. */
#ifndef PEEK_BPF_SCAN_TABLE_H
#define PEEK_BPF_SCAN_TABLE_H

#include <linux/bpf.h>

#include <peek/abi.h>

#include "address.h"

struct peek_scan_way {
	struct peek_addr src;
	struct peek_addr dst;
	__u64 last_ns;	    /* latest probe */
	__u32 used;	    /* slots filled; 0: the way is free */
	__u16 handed;	    /* 1: the pair crossed the threshold and has not been idle since */
	__u16 evidence_due; /* 1: user space has not been given the slots yet */
	struct peek_scan_slots slots;
};

/*
 * Everything is guarded by the lock. The search fields are where loops keep what they have found:
 * as scalars that the verifier follows, every loop would multiply the states of the next one.
 * volatile, because clang would keep them in registers all the same.
 */
struct peek_scan_set {
	struct bpf_spin_lock lock;
	volatile __u32 pick;	/* way or slot found, PEEK_SCAN_NONE if none */
	volatile __u32 worst;	/* way or slot to give up … */
	volatile __u32 near;	/* slots no farther than the window */
	volatile __u32 evicted; /* 1: something live was forgotten for the probe */
	__u32 reserved;
	volatile __u64 worst_rank; /* … and how well it can be spared */
	struct peek_scan_way ways[PEEK_SCAN_WAYS];
};
PEEK_STATIC_ASSERT(sizeof(struct peek_scan_set) == 4832, "as maps.h and docs/kernel.md have it");

/*
 * A bucket of pairs that have probed one port: when first, for how long, which. All that would be
 * known of the pair in peek_scan, so that nothing is lost when it goes there. One cache line. Spans
 * are 48 bits: 78 hours.
 */
struct peek_scan_door {
	struct bpf_spin_lock lock;
	__u32 tag[PEEK_SCAN_DOOR_WAYS]; /* 0: free */
	__u32 span_low[PEEK_SCAN_DOOR_WAYS];
	__u16 span_high[PEEK_SCAN_DOOR_WAYS];
	__u16 port[PEEK_SCAN_DOOR_WAYS];
	__u64 first_ns[PEEK_SCAN_DOOR_WAYS];
};
PEEK_STATIC_ASSERT(sizeof(struct peek_scan_door) == 64, "a bucket is a cache line");

enum { PEEK_SCAN_NONE = 0xffffffff };

#endif /* PEEK_BPF_SCAN_TABLE_H */
