/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN counting. A pair's first port waits at the door (scan_door.h); with its second one the pair
 * gets a way in the table, which hands over a pair's probes once N slots of it lie within W of one
 * probe, with what was counted until then. It errs towards handing over (a port may fill two slots,
 * a slot may have gaps); user space decides exactly, from the same probes.
 *
 * Nothing here depends on the order of packets: a probe's time may lie before earlier ones.
 */
#ifndef PEEK_BPF_SCAN_H
#define PEEK_BPF_SCAN_H

#include "address.h"
#include "maps.h"
#include "scan_door.h"

/* Bounded for the verifier, which does not know that `pick` is one of the ways. */
static __always_inline struct peek_scan_way *peek_scan_way_at(struct peek_scan_set *set, __u32 i)
{
	return &set->ways[i & (PEEK_SCAN_WAYS - 1)];
}

/* How well a way can be spared: free ones best, then idle pairs, then pairs that user space has not
 * been told of, and of each the one that has been silent longest. */
enum { PEEK_SCAN_SPARE_IDLE = 62, PEEK_SCAN_SPARE_UNHANDED = 61 }; /* bits of a rank */

static __always_inline __u64 peek_scan_rank(const struct peek_scan_way *way, __u64 t, __u64 window)
{
	__u64 distance = peek_distance(way->last_ns, way->last_ns, t);

	if (!way->used)
		return ~0ULL;
	if (distance > window)
		return 1ULL << PEEK_SCAN_SPARE_IDLE | distance >> 2;
	return (way->handed ? 0 : 1ULL << PEEK_SCAN_SPARE_UNHANDED) | (distance >> 3) | 1;
}

/* Leaves the pair's way in set->pick, or PEEK_SCAN_NONE and the one to take in set->worst. */
static __always_inline void peek_scan_find(struct peek_scan_set *set,
					   const struct peek_probe *probe, __u64 window)
{
	set->pick = PEEK_SCAN_NONE;
	set->worst = 0;
	set->worst_rank = 0;
	for (__u32 i = 0; i < PEEK_SCAN_WAYS; i++) {
		struct peek_scan_way *way = &set->ways[i];
		__u64 rank;

		if (way->used && peek_same(&way->src, &probe->src) &&
		    peek_same(&way->dst, &probe->dst))
			set->pick = i;
		rank = peek_scan_rank(way, probe->time_ns, window);
		if (rank > set->worst_rank) {
			set->worst_rank = rank;
			set->worst = i;
		}
	}
}

/* Makes set->pick the probe's way, and set->evicted whether a live pair had to go. */
static __always_inline void peek_scan_claim(struct peek_scan_set *set, struct peek_scan_tags *tags,
					    const struct peek_probe *probe, __u64 window)
{
	struct peek_scan_way *way;

	set->evicted = 0;
	peek_scan_find(set, probe, window);
	if (set->pick != PEEK_SCAN_NONE)
		return;
	set->pick = set->worst;
	tags->tag[set->pick & (PEEK_SCAN_WAYS - 1)] = probe->tag;
	way = peek_scan_way_at(set, set->pick);
	way->src = probe->src;
	way->dst = probe->dst;
	way->last_ns = probe->time_ns;
	way->used = 0;
	way->handed = 0;
	way->evidence_due = 0;
	set->evicted = set->worst_rank < 1ULL << PEEK_SCAN_SPARE_IDLE;
}

/* The port that the pair probed before it came here. There is room: a way that is full belongs to a
 * pair that has been inside for long. */
static __always_inline void peek_scan_admit(struct peek_scan_way *way,
					    const struct peek_door_slot *earlier)
{
	__u32 i = way->used;

	if (i >= PEEK_SCAN_SLOTS)
		return;
	way->used = i + 1;
	way->slots.first_ns[i] = earlier->first_ns;
	way->slots.last_ns[i] = earlier->last_ns;
	way->slots.port[i] = earlier->port;
}

/* Leaves the probe's port's slot in set->pick, the farthest slot in set->worst and the number of
 * slots within the window in set->near. */
static __always_inline void peek_scan_survey(struct peek_scan_set *set,
					     const struct peek_scan_way *way,
					     const struct peek_probe *probe, __u64 window)
{
	const struct peek_scan_slots *slots = &way->slots;

	set->pick = PEEK_SCAN_NONE;
	set->near = 0;
	set->worst = 0;
	set->worst_rank = 0;
	for (__u32 i = 0; i < PEEK_SCAN_SLOTS; i++) {
		__u64 distance;

		if (i >= way->used)
			break;
		distance = peek_distance(slots->first_ns[i], slots->last_ns[i], probe->time_ns);
		if (distance <= window) {
			set->near++;
			if (slots->port[i] == probe->dst_port)
				set->pick = i;
		}
		if (distance > set->worst_rank) {
			set->worst_rank = distance;
			set->worst = i;
		}
	}
}

/* Puts the probe into the slots. set->evicted: a live slot had to go that user space has not been
 * told of; a pair that was handed over is counted there, where nothing of it is forgotten. */
static __always_inline void peek_scan_store(struct peek_scan_set *set, struct peek_scan_way *way,
					    const struct peek_probe *probe, __u64 window)
{
	struct peek_scan_slots *slots = &way->slots;
	__u64 t = probe->time_ns;
	__u32 i = set->pick;

	if (i != PEEK_SCAN_NONE) {
		i &= PEEK_SCAN_SLOTS - 1;
		if (t < slots->first_ns[i])
			slots->first_ns[i] = t;
		if (t > slots->last_ns[i])
			slots->last_ns[i] = t;
		return;
	}
	i = way->used;
	if (i < PEEK_SCAN_SLOTS) {
		way->used = i + 1;
	} else {
		if (set->worst_rank <= window) {
			set->near--;
			if (!way->handed || way->evidence_due)
				set->evicted = 1;
		}
		i = set->worst;
	}
	set->near++;
	i &= PEEK_SCAN_SLOTS - 1;
	slots->first_ns[i] = t;
	slots->last_ns[i] = t;
	slots->port[i] = probe->dst_port;
}

/* With the set's lock held. Returns PEEK_SCAN_ bits. */
static __always_inline int peek_scan_update(struct peek_scan_set *set, struct peek_scan_tags *tags,
					    const struct peek_probe *probe, __u64 window,
					    __u32 threshold)
{
	struct peek_scan_way *way;
	__u64 latest = probe->time_ns;

	peek_scan_claim(set, tags, probe, window);
	way = peek_scan_way_at(set, set->pick);
	if (way->last_ns > latest)
		latest = way->last_ns;
	tags->last[set->pick & (PEEK_SCAN_WAYS - 1)] = latest >> PEEK_SCAN_LAST_SHIFT;
	if (probe->earlier.known)
		peek_scan_admit(way, &probe->earlier);
	if (probe->time_ns > way->last_ns && probe->time_ns - way->last_ns > window) {
		way->handed = 0;
		way->evidence_due = 0;
	}
	peek_scan_survey(set, way, probe, window);
	peek_scan_store(set, way, probe, window);
	if (set->near >= threshold && !way->handed) {
		way->handed = 1;
		way->evidence_due = 1;
	}
	way->last_ns = latest;
	return way->handed * PEEK_SCAN_HANDED | way->evidence_due * PEEK_SCAN_EVIDENCE_DUE |
	       set->evicted * PEEK_SCAN_EVICTED;
}

/* Counts a probe. Returns PEEK_SCAN_ bits and fills probe->earlier. */
__noinline int peek_count_probe(struct peek_probe *probe)
{
	const struct peek_config *cfg;
	struct peek_scan_tags *tags;
	struct peek_scan_set *set;
	__u32 key = 0;
	int found;

	if (!probe)
		return 0;
	cfg = bpf_map_lookup_elem(&peek_config, &key);
	if (!cfg)
		return 0;
	key = probe->set;
	tags = bpf_map_lookup_elem(&peek_scan_tags, &key);
	if (!tags)
		return 0;
	if (!probe->inside) {
		found = peek_ask_at_door(probe, cfg->scan_window_ns);
		if (!(found & PEEK_DOOR_ENTER))
			return found;
	}
	set = bpf_map_lookup_elem(&peek_scan, &key);
	if (!set)
		return 0;
	bpf_spin_lock(&set->lock);
	found = peek_scan_update(set, tags, probe, cfg->scan_window_ns, cfg->scan_ports);
	bpf_spin_unlock(&set->lock);
	return found;
}

/* Copies slot by slot: a copy of this size is no instruction sequence that clang would inline. */
static __always_inline void peek_scan_copy(const struct peek_scan_way *way,
					   struct peek_scan_evidence *to)
{
	to->used = way->used;
	to->reserved = 0;
	for (__u32 i = 0; i < PEEK_SCAN_SLOTS; i++) {
		to->slots.first_ns[i] = way->slots.first_ns[i];
		to->slots.last_ns[i] = way->slots.last_ns[i];
		to->slots.port[i] = way->slots.port[i];
	}
}

/* Moves a pair's evidence into a ring record that will be submitted. 0: another CPU's probe has
 * taken it, or the pair has been forgotten. */
static __always_inline _Bool peek_take_evidence(const struct peek_probe *probe,
						struct peek_scan_evidence *to)
{
	struct peek_scan_way *way;
	struct peek_scan_set *set;
	__u32 key = probe->set;
	_Bool taken = 0;

	set = bpf_map_lookup_elem(&peek_scan, &key);
	if (!set)
		return 0;
	bpf_spin_lock(&set->lock);
	peek_scan_find(set, probe, 0);
	way = peek_scan_way_at(set, set->pick);
	if (set->pick != PEEK_SCAN_NONE && way->evidence_due) {
		peek_scan_copy(way, to);
		way->evidence_due = 0;
		taken = 1;
	}
	bpf_spin_unlock(&set->lock);
	return taken;
}

#endif /* PEEK_BPF_SCAN_H */
