/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What one controller leaves for the next where the maps are pinned: the programs do not read it.
 */
#ifndef PEEK_ABI_HANDOVER_H
#define PEEK_ABI_HANDOVER_H

#include <peek/abi/config.h>
#include <peek/abi/counters.h>
#include <peek/abi/layout.h>

/*
 * Outer map peek_rings: ARRAY_OF_MAPS of PEEK_MAX_RINGS RINGBUF maps; entries from
 * peek_config.ring_count on are empty.
 *
 * Map peek_checkpoint: array of one value, memory-mapped, written and read by controllers only. It
 * outlives a controller where the maps are pinned. Positions count bytes since the ring was made,
 * like the ring's own.
 *
 * A record is done when what it caused has been written to the logs. Controllers raise taken_pos
 * before they inspect, write the idle copy after a batch is done, turn `current`, and only then
 * give the room back to the ring. So after a crash: records before done_pos are over, those
 * between done_pos and taken_pos may have been written (context.replayed), the rest is untouched.
 */
struct peek_checkpoint_copy {
	__u64 done_pos[PEEK_MAX_RINGS];
	/* Records that became packets, and that were not understood, by peek_counter_key(). */
	__u64 delivered[PEEK_COUNTER_ENTRIES];
	__u64 not_understood[PEEK_COUNTER_ENTRIES];
};

struct peek_checkpoint {
	__u32 current;	/* the valid copy, 0 or 1 */
	__u32 ended;	/* 1: the last controller ended in order: everything taken is done */
	__u64 restarts; /* controllers that took over from an earlier one */
	__u64 taken_pos[PEEK_MAX_RINGS];
	struct peek_checkpoint_copy copies[2];
};

/*
 * Map peek_manifest: array of one value, memory-mapped, controllers only: what a controller must
 * know of the one before it, where the maps are pinned. Slots are those of peek_config.interfaces.
 */
enum peek_attached {
	PEEK_ATTACHED_NOT = 0,
	PEEK_ATTACHED_XDP_NATIVE = 1,
	PEEK_ATTACHED_XDP_GENERIC = 2,
	PEEK_ATTACHED_TC = 3,
};

struct peek_pinned_interface {
	char name[16]; /* ends in zeros */
	__u32 ifindex; /* 0: no hook is attached; the name keeps its slot and counters */
	__u8 attached[PEEK_HOOK_COUNT]; /* enum peek_attached */
	__u16 reserved;			/* zero */
};

struct peek_manifest {
	struct peek_pinned_interface interfaces[PEEK_MAX_INTERFACES];
	char rules_sha256[4][64]; /* by bit number of enum peek_family; zeros: none */
};
PEEK_STATIC_ASSERT(sizeof(struct peek_manifest) == 64 * 24 + 256, "peek_manifest layout");

#endif /* PEEK_ABI_HANDOVER_H */
