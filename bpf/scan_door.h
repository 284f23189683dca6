/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The door of the scan table: what caches call an admission filter, or doorkeeper. A pair that has
 * probed one port only waits here, in a third of a cache line, however often it probes it: most
 * pairs never get further, and a flood with forged sources costs a cache line each. With its second
 * port it enters the table, and takes along exactly what the table would know of the first. A mark
 * stays behind while the pair is live, so that another CPU's probe, which has not seen it in the
 * table yet, follows it there.
 *
 * Pairs are told apart by 31 bits of a keyed hash beside the 18 that name the bucket: of 2^31
 * probes of strangers to a pair of the same bucket, one is taken for its own, and a pair enters
 * with a port too many.
 *
 * A pair whose probe comes more than W after the last begins anew: what is forgotten then could
 * only have mattered to a probe with an earlier time.
 */
#ifndef PEEK_BPF_SCAN_DOOR_H
#define PEEK_BPF_SCAN_DOOR_H

#include "address.h"
#include "maps.h"
#include "parse.h"

/* A port's probes: the first, the last, and between them no gap longer than the window. */
struct peek_door_slot {
	__u64 first_ns;
	__u64 last_ns;
	__u16 port;
	__u16 known; /* 1: there is one */
	__u32 reserved;
};

struct peek_probe {
	struct peek_addr src;
	struct peek_addr dst;
	__u64 time_ns;
	__u32 set;		       /* key in peek_scan */
	__u32 door;		       /* key in peek_scan_door */
	__u32 tag;		       /* of the pair, in its set and at the door */
	__u32 inside;		       /* 1: the pair seems to have a way */
	struct peek_door_slot earlier; /* what the pair brings along from the door */
	__u16 dst_port;
	__u16 reserved[3];
};

/* What peek_count_probe() and peek_ask_at_door() found, as bits. */
enum {
	PEEK_SCAN_HANDED = 1 << 0,	 /* the probe is a candidate */
	PEEK_SCAN_EVIDENCE_DUE = 1 << 1, /* and should carry the evidence */
	PEEK_SCAN_EVICTED = 1 << 2,	 /* a live pair or port was forgotten for it */
	PEEK_DOOR_ENTER = 1 << 3,	 /* the pair belongs into the table */
};

/* A span that says: this pair has entered. */
#define PEEK_DOOR_ENTERED ((1ULL << 48) - 1)

static __always_inline __u64 peek_distance(__u64 first, __u64 last, __u64 t)
{
	return t < first ? first - t : t > last ? t - last : 0;
}

static __always_inline __u64 peek_door_span(const struct peek_scan_door *door, __u32 i)
{
	return (__u64)door->span_high[i] << 32 | door->span_low[i];
}

static __always_inline void peek_door_set(struct peek_scan_door *door, __u32 i, __u64 first,
					  __u64 span)
{
	door->first_ns[i] = first;
	door->span_low[i] = span;
	door->span_high[i] = span >> 32;
}

/* A pair that is known at the door: it stays while it probes the same port, and enters with another
 * one. */
static __always_inline int peek_door_meet(struct peek_scan_door *door, __u32 i,
					  struct peek_probe *probe, __u64 window)
{
	__u64 span = peek_door_span(door, i), first = door->first_ns[i], last = first + span;
	__u64 t = probe->time_ns;

	if (span == PEEK_DOOR_ENTERED)
		return PEEK_DOOR_ENTER;
	if (door->port[i] == probe->dst_port && peek_distance(first, last, t) <= window) {
		__u64 from = t < first ? t : first, to = t > last ? t : last;

		if (to - from < PEEK_DOOR_ENTERED) {
			peek_door_set(door, i, from, to - from);
			return 0;
		}
	}
	probe->earlier.first_ns = first;
	probe->earlier.last_ns = last;
	probe->earlier.port = door->port[i];
	probe->earlier.known = 1;
	peek_door_set(door, i, t, PEEK_DOOR_ENTERED);
	return PEEK_DOOR_ENTER;
}

/* With the bucket's lock held. */
static __always_inline int peek_door_update(struct peek_scan_door *door, struct peek_probe *probe,
					    __u64 window)
{
	__u64 t = probe->time_ns, farthest = 0;
	__u32 worst = 0;
	int found = 0;

#pragma unroll
	for (__u32 i = 0; i < PEEK_SCAN_DOOR_WAYS; i++) {
		__u64 span = peek_door_span(door, i), first = door->first_ns[i];
		_Bool entered = span == PEEK_DOOR_ENTERED;
		__u64 distance = peek_distance(first, entered ? first : first + span, t);

		/* A time that has stepped back by more than W may come forth again. */
		if (door->tag[i] == probe->tag && (distance <= window || t < first))
			return peek_door_meet(door, i, probe, window);
		if (!door->tag[i] || door->tag[i] == probe->tag)
			distance = ~0ULL;
		else if (entered)
			distance += window + 1; /* no loss, and better to spare */
		if (distance > farthest) {
			farthest = distance;
			worst = i;
		}
	}
	if (worst >= PEEK_SCAN_DOOR_WAYS)
		return 0;
	if (farthest <= window)
		found = PEEK_SCAN_EVICTED;
	door->tag[worst] = probe->tag;
	door->port[worst] = probe->dst_port;
	peek_door_set(door, worst, t, 0);
	return found;
}

static __always_inline int peek_ask_at_door(struct peek_probe *probe, __u64 window)
{
	__u32 key = probe->door;
	struct peek_scan_door *door = bpf_map_lookup_elem(&peek_scan_door, &key);
	int found;

	if (!door)
		return PEEK_DOOR_ENTER;
	bpf_spin_lock(&door->lock);
	found = peek_door_update(door, probe, window);
	bpf_spin_unlock(&door->lock);
	return found;
}

/* Whether the pair seems to have a way. Without the lock: who has just got one is asked at the
 * door, which knows; who has just lost one gets it back. */
static __always_inline _Bool peek_scan_is_inside(const struct peek_scan_tags *tags, __u32 tag)
{
	for (__u32 i = 0; i < PEEK_SCAN_WAYS; i++) {
		if (tags->tag[i] == tag)
			return 1;
	}
	return 0;
}

/*
 * Whose probe it is, and a look at one word of what counting it will need: in a flood that is in no
 * cache, and comes while the addresses are looked up and the clock is read. The lock would wait.
 */
static __always_inline void peek_begin_probe(struct peek_probe *probe,
					     const struct peek_packet *pkt,
					     const struct peek_config *cfg)
{
	__u64 hash = peek_pair_hash(pkt->src.half, pkt->dst.half, cfg->hash_seed);
	const struct peek_scan_tags *tags;
	const struct peek_scan_door *door;

	probe->src = pkt->src;
	probe->dst = pkt->dst;
	probe->set = hash & (PEEK_SCAN_SETS - 1);
	probe->door = hash >> 12 & (PEEK_SCAN_DOORS - 1);
	probe->tag = hash >> 32 | 1;
	probe->dst_port = pkt->dst_port;
	__builtin_memset(&probe->earlier, 0, sizeof(probe->earlier));
	__builtin_memset(probe->reserved, 0, sizeof(probe->reserved));
	tags = bpf_map_lookup_elem(&peek_scan_tags, &probe->set);
	probe->inside = tags && peek_scan_is_inside(tags, probe->tag);
	if (probe->inside)
		return;
	door = bpf_map_lookup_elem(&peek_scan_door, &probe->door);
	if (door)
		(void)*(const volatile __u32 *)door->tag;
}

#endif /* PEEK_BPF_SCAN_DOOR_H */
