/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to one packet: count, parse, match, hand over, count. */
#ifndef PEEK_BPF_JUDGE_H
#define PEEK_BPF_JUDGE_H

#include "context.h"
#include "count.h"
#include "emit.h"
#include "frame.h"
#include "ignore.h"
#include "losses.h"
#include "match.h"
#include "payload.h"
#include "scan.h"

/*
 * One packet on its way through peek_judge(). Not zeroed as a whole, which a clean packet would
 * feel: what peek_judge() does not set is valid once it has been needed.
 */
struct peek_case {
	void *ctx;
	const struct peek_config *cfg;
	struct peek_counters *counters;
	const struct peek_bank *bank; /* a pointer: an index would lose its bounds on the stack */
	struct peek_probe *evidence;  /* &probe if its pair's evidence must go along, or NULL */
	__u64 time_ns;		      /* 0: not read yet */
	__u32 families;		      /* that must see the packet */
	enum peek_reason reason;
	__u32 link_type;
	__u32 ifindex;
	struct peek_packet pkt;
	struct peek_probe probe;
};

/* The first reason stays. */
static __always_inline void peek_make_candidate(struct peek_case *c, __u32 families,
						enum peek_reason reason)
{
	if (!families)
		return;
	if (!c->families)
		c->reason = reason;
	c->families |= families;
}

static __always_inline __u64 peek_now(const struct peek_config *cfg)
{
	return (bpf_ktime_get_boot_ns() & cfg->clock_mask) + cfg->clock_offset_ns;
}

static __always_inline void peek_judge_payload(struct peek_case *c, __u32 on)
{
	if (on & PEEK_FAMILY_DOMAIN && peek_on_dns_port(&c->pkt, c->cfg))
		peek_make_candidate(c, PEEK_FAMILY_DOMAIN, PEEK_REASON_DNS);
	peek_make_candidate(c, peek_payload_families(&c->pkt, on), PEEK_REASON_PAYLOAD);
}

/* What holds another packet, or a part of one, is for every family. But a probe is counted once:
 * one that this parser sees, in the kernel. */
static __always_inline void peek_judge_container(struct peek_case *c, __u32 on)
{
	if (c->pkt.probe)
		on &= ~PEEK_FAMILY_SCAN;
	peek_make_candidate(c, on, c->pkt.fragment ? PEEK_REASON_FRAGMENT : PEEK_REASON_TUNNEL);
}

static __always_inline void peek_judge_probe(struct peek_case *c)
{
	int found;

	c->time_ns = peek_now(c->cfg);
	c->probe.time_ns = c->time_ns;
	found = peek_count_probe(&c->probe);
	if (found & PEEK_SCAN_EVICTED)
		c->counters->blind[PEEK_BLIND_SCAN_STATE_EVICTED]++;
	if (found & PEEK_SCAN_HANDED)
		peek_make_candidate(c, PEEK_FAMILY_SCAN, PEEK_REASON_SCAN);
	if (found & PEEK_SCAN_EVIDENCE_DUE)
		c->evidence = &c->probe;
}

/* Takes back what an ignore list overrules. False: the packet is not to be counted as a probe. */
static __always_inline _Bool peek_heed_ignore_lists(struct peek_case *c, __u32 active)
{
	int found = peek_find_ignored(&c->pkt, active, c->bank->ignore_parts);

	if (found & PEEK_IGNORED)
		c->families = 0;
	if (found && !c->families)
		c->counters->ignored++;
	return !found;
}

/* In the order of enum peek_reason. */
static __always_inline void peek_judge_packet(struct peek_case *c, __u32 active)
{
	__u32 on = c->bank->families;
	_Bool probe = on & PEEK_FAMILY_SCAN && c->pkt.probe;

	if (probe)
		peek_begin_probe(&c->probe, &c->pkt, c->cfg);
	if (on & PEEK_FAMILY_IP && c->pkt.has_ip && peek_match_ip(&c->pkt, c->cfg, c->bank, active))
		peek_make_candidate(c, PEEK_FAMILY_IP, PEEK_REASON_IP);
	if (peek_unlikely(c->pkt.fragment | c->pkt.tunnel))
		peek_judge_container(c, on);
	/* Without payload, the urgent pointer is at a byte that comes later, and may be left out.
	 */
	if (on & PEEK_FAMILY_PAYLOAD && c->pkt.payload_len | c->pkt.urgent)
		peek_judge_payload(c, on);
	if (peek_unlikely(c->bank->ignore_parts) && (c->families || probe))
		probe &= peek_heed_ignore_lists(c, active);
	if (probe)
		peek_judge_probe(c);
}

static __always_inline int peek_emit_case(struct peek_case *c, const enum peek_kind kind,
					  const enum peek_hook hook, __u32 wire_len)
{
	struct peek_record head = {
		.abi_version = PEEK_ABI_VERSION,
		.type = PEEK_RECORD_PACKET,
		.hook = hook,
		.generation = c->bank->generation,
		.time_ns = c->time_ns,
		.ifindex = c->ifindex,
		.wire_len = wire_len,
		.link_type = c->link_type,
		.reason = c->reason,
		.families = c->families,
	};

	if (kind == PEEK_XDP)
		return peek_emit_xdp(c->ctx, &head, c->evidence);
	head.vlan_present = ((struct __sk_buff *)c->ctx)->vlan_present;
	if (head.vlan_present)
		head.vlan_tci = ((struct __sk_buff *)c->ctx)->vlan_tci;
	return peek_emit_tc(c->ctx, &head, c->evidence);
}

static __always_inline void peek_note_loss(struct peek_case *c, const enum peek_hook hook,
					   const enum peek_loss_type type)
{
	struct peek_loss_key key = {
		.type = type,
		.bank = *(const volatile __u32 *)&c->cfg->loss_bank & 1,
		.hook = hook,
		.ifindex = c->ifindex,
	};

	__builtin_memcpy(key.src_be, &c->pkt.src, sizeof(key.src_be));
	__builtin_memcpy(key.dst_be, &c->pkt.dst, sizeof(key.dst_be));
	if (peek_count_loss(&key, c->time_ns))
		c->counters->unattributed[type]++;
}

/* What the kernel decided stays known although the record is lost: that an address is listed, which
 * is the first reason, and that a probe belongs to a scan. */
static __always_inline void peek_note_losses(struct peek_case *c, const enum peek_hook hook)
{
	c->counters->lost[PEEK_LOST_RING_FULL]++;
	if (c->reason == PEEK_REASON_IP)
		peek_note_loss(c, hook, PEEK_LOSS_IP);
	if (c->families & PEEK_FAMILY_SCAN && c->pkt.probe)
		peek_note_loss(c, hook, PEEK_LOSS_SCAN);
}

static __always_inline void peek_hand_over(struct peek_case *c, const enum peek_kind kind,
					   const enum peek_hook hook)
{
	struct peek_counters *counters = c->counters;
	__u32 wire_len = peek_frame_len(c->ctx, kind);
	__u32 reason = c->reason;
	int emitted;

	if (!c->time_ns)
		c->time_ns = peek_now(c->cfg);
	emitted = peek_emit_case(c, kind, hook, wire_len);
	if (emitted == PEEK_EMIT_READ_FAILED) {
		counters->undecided[PEEK_UNDECIDED_READ_FAILED]++;
		return;
	}
	counters->candidates++;
	if (reason < PEEK_REASON_COUNT)
		counters->by_reason[reason]++;
	if (emitted == PEEK_EMIT_RING_FULL)
		peek_note_losses(c, hook);
	else if (emitted == PEEK_EMITTED_CUT)
		counters->blind[PEEK_BLIND_PAYLOAD_TRUNCATED]++;
}

/* With everything of the case that is set at the start. */
static __always_inline void peek_try(struct peek_case *c, const enum peek_kind kind,
				     const enum peek_hook hook)
{
	__u32 active;

	c->counters->seen++;
	if (peek_parse(c->ctx, kind, c->link_type, &c->pkt) == PEEK_PARSE_FAILED) {
		c->counters->undecided[PEEK_UNDECIDED_READ_FAILED]++;
		return;
	}
	if (peek_unlikely(c->pkt.too_deep))
		c->counters->blind[PEEK_BLIND_HEADER_CHAIN]++;
	/* The only read of the word: it decides the bank of every family. */
	active = *(const volatile __u32 *)&c->cfg->active & 1;
	c->bank = &c->cfg->banks[active];
	peek_judge_packet(c, active);
	if (c->families)
		peek_hand_over(c, kind, hook);
	else
		c->counters->passed_clean++;
}

static __always_inline void peek_judge(void *ctx, const enum peek_kind kind,
				       const enum peek_hook hook)
{
	const struct peek_config *cfg = peek_get_config();
	struct peek_counters *counters;
	struct peek_case c;
	__u32 slot;

	if (!cfg)
		return;
	c.ifindex = peek_ifindex(ctx, kind);
	slot = peek_slot(cfg, c.ifindex);
	counters = peek_get_counters(slot, hook);
	if (!counters)
		return;
	c.ctx = ctx;
	c.cfg = cfg;
	c.counters = counters;
	c.evidence = NULL;
	c.time_ns = 0;
	c.families = 0;
	c.reason = PEEK_REASON_NONE;
	c.link_type = peek_link_type(cfg, slot);
	peek_try(&c, kind, hook);
}

#endif /* PEEK_BPF_JUDGE_H */
