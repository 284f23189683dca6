/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the programs count: the ledger of each interface and hook, and decisions without a record.
 */
#ifndef PEEK_ABI_COUNTERS_H
#define PEEK_ABI_COUNTERS_H

#include <peek/abi/config.h>
#include <peek/abi/layout.h>
#include <peek/abi/record.h>

/* Candidates that did not reach user space. */
enum peek_lost {
	PEEK_LOST_RING_FULL = 0,
	PEEK_LOST_NO_CONTROLLER = 1, /* the clsact stub found no program behind it */
	PEEK_LOST_COUNT = 2,
};

/* Packets that the kernel could neither pass as clean nor hand over. */
enum peek_undecided {
	PEEK_UNDECIDED_READ_FAILED = 0, /* bytes inside the frame could not be read */
	PEEK_UNDECIDED_COUNT = 1,
};

/* Seen, but not fully judged. Outside the ledger's equations. */
enum peek_blind {
	PEEK_BLIND_SCAN_STATE_EVICTED = 0, /* a live scan entry was forgotten for want of room */
	PEEK_BLIND_PAYLOAD_TRUNCATED = 1,  /* a candidate longer than the hook can copy was cut */
	PEEK_BLIND_HEADER_CHAIN = 2,	   /* more than PEEK_MAX_VLAN_TAGS or _IPV6_EXTENSIONS */
	PEEK_BLIND_COUNT = 3,
};

/*
 * Map peek_losses: hash of struct peek_loss_key to struct peek_loss. Addresses and scans are
 * decided in the kernel. When such a candidate finds no room in its ring, it is counted here, so
 * that alerts stay exact although the evidence is lost. The programs add to the bank that
 * peek_config.loss_bank names. The controller turns the bank, waits for running programs, then
 * reads and deletes what the other one holds.
 */
enum peek_loss_type {
	PEEK_LOSS_IP = 0,   /* a packet to or from a listed address */
	PEEK_LOSS_SCAN = 1, /* a probe of a pair that crossed the scan threshold */
	PEEK_LOSS_COUNT = 2,
};

/* One IPv6 address, or an IPv4 address as ::ffff:a.b.c.d, each: as the packet has them. */
struct peek_loss_key {
	__u8 src_be[16];
	__u8 dst_be[16];
	__u8 type;     /* enum peek_loss_type */
	__u8 bank;     /* 0 or 1 */
	__u8 hook;     /* enum peek_hook */
	__u8 reserved; /* zero */
	__u32 ifindex;
};
PEEK_STATIC_ASSERT(sizeof(struct peek_loss_key) == 40, "peek_loss_key has no hidden padding");

struct peek_loss {
	__u64 count;
	__u64 last_ns; /* packet time of about the latest */
};

enum { PEEK_LOSS_ENTRIES = 65536 };

/*
 * Map peek_counters: per-CPU array, key = peek_counter_key(interface slot, hook). Written by the
 * programs, read by the controller, never reset. Over all CPUs, once the hook is detached:
 *   seen = passed_clean + candidates + Σ undecided
 *   candidates = (records in the ring, consumed or not) + Σ lost
 */
struct peek_counters {
	__u64 seen; /* all that a hook was given */
	__u64 passed_clean;
	__u64 candidates;
	__u64 lost[PEEK_LOST_COUNT];
	__u64 undecided[PEEK_UNDECIDED_COUNT];
	__u64 blind[PEEK_BLIND_COUNT];
	__u64 by_reason[PEEK_REASON_COUNT]; /* candidates by reason; [NONE]: the clsact stub's */
	/* Part of passed_clean: packets of an ignored address that would have been candidates, or
	 * counted as scan probes, without the ignore lists. */
	__u64 ignored;
	/* Part of lost: decisions of the kernel for which peek_losses had no room, by
	 * enum peek_loss_type. */
	__u64 unattributed[PEEK_LOSS_COUNT];
};
PEEK_STATIC_ASSERT(sizeof(struct peek_counters) == 8 * 19, "peek_counters layout");

/* Slots 0 … PEEK_MAX_INTERFACES - 1 as in peek_config.interfaces; one more for frames of an
 * interface that is not in that list (cannot happen unless somebody else attached our program). */
static inline __u32 peek_counter_key(__u32 slot, __u32 hook)
{
	return slot * PEEK_HOOK_COUNT + hook;
}
enum { PEEK_COUNTER_ENTRIES = (PEEK_MAX_INTERFACES + 1) * PEEK_HOOK_COUNT };

#endif /* PEEK_ABI_COUNTERS_H */
