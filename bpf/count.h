/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface slots and the ledger. Counters are per CPU and per hook, and a hook's programs run with
 * softirqs off: plain additions are enough.
 */
#ifndef PEEK_BPF_COUNT_H
#define PEEK_BPF_COUNT_H

#include "context.h"
#include "maps.h"

static __always_inline struct peek_config *peek_get_config(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&peek_config, &key);
}

/* The search beyond the first entry. A global function, so that the verifier sees one unknown
 * number in its answer and not 64 known ones. */
__noinline int peek_find_slot(__u32 ifindex)
{
	const struct peek_config *cfg = peek_get_config();

	if (!cfg)
		return PEEK_MAX_INTERFACES;
	for (__u32 i = 0; i < PEEK_MAX_INTERFACES; i++) {
		if (i >= cfg->interface_count)
			break;
		if (cfg->interfaces[i].ifindex == ifindex)
			return i;
	}
	return PEEK_MAX_INTERFACES;
}

static __always_inline __u32 peek_slot(const struct peek_config *cfg, __u32 ifindex)
{
	__u32 slot;

	if (peek_likely(cfg->interfaces[0].ifindex == ifindex))
		return 0;
	slot = peek_find_slot(ifindex);
	return slot < PEEK_MAX_INTERFACES ? slot : PEEK_MAX_INTERFACES;
}

static __always_inline __u32 peek_link_type(const struct peek_config *cfg, __u32 slot)
{
	if (slot >= PEEK_MAX_INTERFACES || cfg->interfaces[slot].link_type != PEEK_LINK_RAW_IP)
		return PEEK_LINK_ETHERNET;
	return PEEK_LINK_RAW_IP;
}

static __always_inline struct peek_counters *peek_get_counters(__u32 slot, __u32 hook)
{
	__u32 key = peek_counter_key(slot, hook);

	return bpf_map_lookup_elem(&peek_counters, &key);
}

/* A stub that found nothing behind it. */
static __always_inline void peek_count_uncontrolled(struct __sk_buff *skb,
						    const enum peek_hook hook)
{
	const struct peek_config *cfg = peek_get_config();
	struct peek_counters *counters;

	if (!cfg)
		return;
	counters = peek_get_counters(peek_slot(cfg, skb->ifindex), hook);
	if (!counters)
		return;
	counters->seen++;
	counters->candidates++;
	counters->lost[PEEK_LOST_NO_CONTROLLER]++;
	counters->by_reason[PEEK_REASON_NONE]++;
}

#endif /* PEEK_BPF_COUNT_H */
