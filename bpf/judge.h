/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to one packet: count, parse, match, hand over, count. */
#ifndef PEEK_BPF_JUDGE_H
#define PEEK_BPF_JUDGE_H

#include "context.h"
#include "count.h"
#include "emit.h"
#include "frame.h"
#include "match.h"
#include "payload.h"
#include "scan.h"

/* One packet on its way through peek_judge(). */
struct peek_case {
	void *ctx;
	const struct peek_config *cfg;
	struct peek_counters *counters;
	const struct peek_bank *bank; /* a pointer: an index would lose its bounds on the stack */
	__u32 active;
	__u32 due; /* scan evidence must go with the packet */
	struct peek_packet pkt;
	struct peek_probe probe; /* valid if pkt.probe and scans are on */
	struct peek_record head;
};

/* The first reason stays. */
static __always_inline void peek_accuse(struct peek_record *head, __u32 families,
					enum peek_reason reason)
{
	if (!families)
		return;
	if (!head->families)
		head->reason = reason;
	head->families |= families;
}

static __always_inline __u64 peek_now(const struct peek_config *cfg)
{
	return (bpf_ktime_get_boot_ns() & cfg->clock_mask) + cfg->clock_offset_ns;
}

static __always_inline void peek_judge_payload(struct peek_case *c, const enum peek_kind kind)
{
	if (c->bank->families & PEEK_FAMILY_DOMAIN && peek_on_dns_port(&c->pkt, c->cfg))
		peek_accuse(&c->head, PEEK_FAMILY_DOMAIN, PEEK_REASON_DNS);
	if (c->bank->families & PEEK_FAMILY_URL && peek_is_request(c->ctx, kind, &c->pkt))
		peek_accuse(&c->head, PEEK_FAMILY_URL, PEEK_REASON_REQUEST);
	peek_accuse(&c->head, c->bank->families & PEEK_FAMILY_SIGNATURE, PEEK_REASON_PAYLOAD);
}

static __always_inline void peek_judge_probe(struct peek_case *c)
{
	int found;

	c->head.time_ns = peek_now(c->cfg);
	c->probe.src = c->pkt.src;
	c->probe.dst = c->pkt.dst;
	c->probe.time_ns = c->head.time_ns;
	c->probe.set = 0;
	c->probe.dst_port = c->pkt.dst_port;
	c->probe.reserved = 0;
	found = peek_count_probe(&c->probe);
	if (found & PEEK_SCAN_EVICTED)
		c->counters->blind[PEEK_BLIND_SCAN_STATE_EVICTED]++;
	if (found & PEEK_SCAN_HANDED)
		peek_accuse(&c->head, PEEK_FAMILY_SCAN, PEEK_REASON_SCAN);
	c->due = found & PEEK_SCAN_EVIDENCE_DUE;
}

/* In the order of enum peek_reason. */
static __always_inline void peek_judge_packet(struct peek_case *c, const enum peek_kind kind)
{
	if (c->bank->families & PEEK_FAMILY_IP && c->pkt.has_ip &&
	    peek_match_ip(&c->pkt, c->cfg, c->bank, c->active))
		peek_accuse(&c->head, PEEK_FAMILY_IP, PEEK_REASON_IP);
	if (c->pkt.fragment)
		peek_accuse(&c->head, c->bank->families & PEEK_FAMILY_PAYLOAD,
			    PEEK_REASON_FRAGMENT);
	if (c->bank->families & PEEK_FAMILY_PAYLOAD && c->pkt.payload_len)
		peek_judge_payload(c, kind);
	if (c->bank->families & PEEK_FAMILY_SCAN && c->pkt.probe)
		peek_judge_probe(c);
}

static __always_inline void peek_describe(struct peek_case *c, const enum peek_kind kind)
{
	struct peek_record *head = &c->head;

	head->abi_version = PEEK_ABI_VERSION;
	head->type = PEEK_RECORD_PACKET;
	head->generation = c->bank->generation;
	if (!head->time_ns)
		head->time_ns = peek_now(c->cfg);
	head->wire_len = peek_frame_len(c->ctx, kind);
	if (kind == PEEK_TC) {
		const struct __sk_buff *skb = c->ctx;

		head->vlan_present = skb->vlan_present;
		head->vlan_tci = skb->vlan_present ? skb->vlan_tci : 0;
	}
}

static __always_inline void peek_hand_over(struct peek_case *c, const enum peek_kind kind)
{
	struct peek_counters *counters = c->counters;
	int emitted;
	__u32 reason;

	peek_describe(c, kind);
	emitted = kind == PEEK_XDP ? peek_emit_xdp(c->ctx, &c->head, &c->probe, c->due)
				   : peek_emit_tc(c->ctx, &c->head, &c->probe, c->due);
	if (emitted == PEEK_EMIT_READ_FAILED) {
		counters->undecided[PEEK_UNDECIDED_READ_FAILED]++;
		return;
	}
	counters->candidates++;
	reason = c->head.reason;
	if (reason < PEEK_REASON_COUNT)
		counters->by_reason[reason]++;
	if (emitted == PEEK_EMIT_RING_FULL)
		counters->lost[PEEK_LOST_RING_FULL]++;
	else if (c->head.wire_len > PEEK_MAX_CAPTURE)
		counters->blind[PEEK_BLIND_PAYLOAD_TRUNCATED]++;
}

static __always_inline void peek_judge(void *ctx, const enum peek_kind kind,
				       const enum peek_hook hook)
{
	struct peek_case c = {.ctx = ctx, .cfg = peek_get_config()};
	__u32 slot;

	if (!c.cfg)
		return;
	c.head.hook = hook;
	c.head.ifindex = peek_ifindex(ctx, kind);
	slot = peek_slot(c.cfg, c.head.ifindex);
	c.head.link_type = peek_link_type(c.cfg, slot);
	c.counters = peek_get_counters(slot, hook);
	if (!c.counters)
		return;
	c.counters->seen++;
	if (peek_parse(ctx, kind, c.head.link_type, &c.pkt) == PEEK_PARSE_FAILED) {
		c.counters->undecided[PEEK_UNDECIDED_READ_FAILED]++;
		return;
	}
	if (peek_unlikely(c.pkt.too_deep))
		c.counters->blind[PEEK_BLIND_HEADER_CHAIN]++;
	/* The only read of the word: it decides the bank of every family. */
	c.active = *(const volatile __u32 *)&c.cfg->active & 1;
	c.bank = &c.cfg->banks[c.active];
	peek_judge_packet(&c, kind);
	if (c.head.families)
		peek_hand_over(&c, kind);
	else
		c.counters->passed_clean++;
}

#endif /* PEEK_BPF_JUDGE_H */
