/* SPDX-License-Identifier: GPL-2.0 */
/* The value of map peek_scan: a set of PEEK_SCAN_WAYS (source, destination) pairs. */
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
	volatile __u32 worst;	/* way or slot farthest from the probe's time … */
	volatile __u32 near;	/* slots no farther than the window */
	volatile __u32 evicted; /* 1: something live was forgotten for the probe */
	__u32 reserved;
	volatile __u64 worst_distance; /* … and how far */
	struct peek_scan_way ways[PEEK_SCAN_WAYS];
};

enum { PEEK_SCAN_NONE = 0xffffffff };

#endif /* PEEK_BPF_SCAN_TABLE_H */
