/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Candidates into the rings. A reservation's size must be a constant, so there are size classes;
 * bpf_ringbuf_output would copy the frame twice and refuses packet memory.
 */
#ifndef PEEK_BPF_EMIT_H
#define PEEK_BPF_EMIT_H

#include "context.h"
#include "maps.h"
#include "scan.h"

/*
 * Room for the frame: bare TCP with options and tags; one Ethernet frame with tags; a jumbo frame;
 * the largest IP packet with a length field; what BIG TCP is commonly set to (192 KiB); the largest
 * that the stack builds. A record takes its class's room in the ring, so the classes are dense
 * where frames are. A ring smaller than a class has no room for it, ever: counted like a full one.
 */
enum {
	PEEK_ROOM_SMALL = 192,
	PEEK_ROOM_FRAME = 1664,
	PEEK_ROOM_JUMBO = 16384,
	PEEK_ROOM_GSO = 65600,
	PEEK_ROOM_BIG = 196736,
	PEEK_ROOM_ALL = PEEK_MAX_CAPTURE,
};

/* bpf_xdp_load_bytes answers EFAULT to an offset or a length above the first. */
enum {
	PEEK_LOAD_MAX = 0xffff,
	PEEK_LOAD_FIRST = 0x8000,
	/* So no more than this of an XDP frame can be had: 18 fragments of a page are 72 KiB. */
	PEEK_ROOM_XDP = 98296,
};

enum peek_emitted {
	PEEK_EMITTED,
	PEEK_EMITTED_CUT, /* the frame was longer than any class */
	PEEK_EMIT_RING_FULL,
	PEEK_EMIT_READ_FAILED,
};

/* The ring of this CPU's group. */
static __always_inline void *peek_own_ring(const struct peek_config *cfg)
{
	__u32 key = bpf_get_smp_processor_id() / cfg->cpus_per_ring;

	if (key >= cfg->ring_count)
		key = cfg->ring_count - 1;
	return bpf_map_lookup_elem(&peek_rings, &key);
}

/* Wakes a sleeping consumer once enough waits: a wake-up costs as much as 80 records. The consumer
 * looks by itself every few milliseconds. */
static __always_inline __u64 peek_wake_flags(void *ring, const struct peek_config *cfg)
{
	if (!*(const volatile __u32 *)&cfg->consumer_asleep)
		return BPF_RB_NO_WAKEUP;
	return bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > cfg->wake_bytes ? BPF_RB_FORCE_WAKEUP
									    : BPF_RB_NO_WAKEUP;
}

/* Copies `want` bytes, at most `room`. Returns the number of bytes, 0 on failure. */
static __always_inline __u32 peek_copy(void *ctx, const enum peek_kind kind, __u32 off, void *to,
				       __u32 want, const __u32 room)
{
	/* The verifier wants 1 <= size <= room. Kernel 6.1 learns nothing from `size != 0`, so the
	 * bounded variable is size - 1; the barrier keeps clang from testing another register. */
	__u64 last = want < room ? (__u64)want - 1 : room - 1;
	__u64 size;

	barrier_var(last);
	if (last > room - 1)
		return 0;
	size = last + 1;
	return peek_load(ctx, kind, off, to, size) ? 0 : size;
}

/* Copies the frame, at most `room` bytes of it: in two steps where an XDP frame is longer than what
 * its helper moves at once. */
static __always_inline __u32 peek_copy_frame(void *ctx, const enum peek_kind kind, void *to,
					     __u32 wire_len, const __u32 room)
{
	__u32 rest;

	if (kind == PEEK_TC || room <= PEEK_LOAD_MAX || wire_len <= PEEK_LOAD_MAX)
		return peek_copy(ctx, kind, 0, to, wire_len, room);
	if (peek_load(ctx, kind, 0, to, PEEK_LOAD_FIRST))
		return 0;
	rest = peek_copy(ctx, kind, PEEK_LOAD_FIRST, to + PEEK_LOAD_FIRST,
			 wire_len - PEEK_LOAD_FIRST, room - PEEK_LOAD_FIRST);
	return rest ? PEEK_LOAD_FIRST + rest : 0;
}

static __always_inline enum peek_emitted
peek_emit_in(void *ctx, const enum peek_kind kind, const struct peek_record *head,
	     const struct peek_probe *probe, const struct peek_config *cfg, const __u32 room)
{
	const __u32 data_off = sizeof(*head) + (probe ? sizeof(struct peek_scan_evidence) : 0);
	void *ring = peek_own_ring(cfg);
	struct peek_record *rec;
	__u32 cap_len;

	if (!ring)
		return PEEK_EMIT_RING_FULL;
	rec = bpf_ringbuf_reserve(ring, data_off + room, 0);
	if (!rec)
		return PEEK_EMIT_RING_FULL;
	cap_len = peek_copy_frame(ctx, kind, (void *)rec + data_off, head->wire_len, room);
	if (!cap_len) {
		bpf_ringbuf_discard(rec, BPF_RB_NO_WAKEUP);
		return PEEK_EMIT_READ_FAILED;
	}
	__builtin_memcpy(rec, head, sizeof(*rec));
	rec->cap_len = cap_len;
	rec->data_off = data_off;
	/* Last, because evidence that was taken must arrive. */
	if (probe && peek_take_evidence(probe, (void *)(rec + 1)))
		rec->type = PEEK_RECORD_PACKET_WITH_SCAN;
	bpf_ringbuf_submit(rec, peek_wake_flags(ring, cfg));
	return cap_len < head->wire_len ? PEEK_EMITTED_CUT : PEEK_EMITTED;
}

/* `head` is complete but for what depends on the size class. `probe`: its pair's evidence goes with
 * the frame; NULL if none does. */
static __always_inline enum peek_emitted peek_emit(void *ctx, const enum peek_kind kind,
						   const struct peek_record *head,
						   const struct peek_probe *probe)
{
	const __u32 largest = kind == PEEK_XDP ? PEEK_ROOM_XDP : PEEK_ROOM_ALL;
	const struct peek_config *cfg;
	__u32 len = head->wire_len;
	__u32 key = 0;

	cfg = bpf_map_lookup_elem(&peek_config, &key);
	if (!cfg)
		return PEEK_EMIT_RING_FULL;
	if (probe && len <= PEEK_ROOM_SMALL)
		return peek_emit_in(ctx, kind, head, probe, cfg, PEEK_ROOM_SMALL);
	if (probe && len <= PEEK_ROOM_FRAME)
		return peek_emit_in(ctx, kind, head, probe, cfg, PEEK_ROOM_FRAME);
	if (probe)
		return peek_emit_in(ctx, kind, head, probe, cfg, largest);
	if (len <= PEEK_ROOM_SMALL)
		return peek_emit_in(ctx, kind, head, NULL, cfg, PEEK_ROOM_SMALL);
	if (len <= PEEK_ROOM_FRAME)
		return peek_emit_in(ctx, kind, head, NULL, cfg, PEEK_ROOM_FRAME);
	if (len <= PEEK_ROOM_JUMBO)
		return peek_emit_in(ctx, kind, head, NULL, cfg, PEEK_ROOM_JUMBO);
	if (len <= PEEK_ROOM_GSO)
		return peek_emit_in(ctx, kind, head, NULL, cfg, PEEK_ROOM_GSO);
	if (kind == PEEK_TC && len <= PEEK_ROOM_BIG)
		return peek_emit_in(ctx, kind, head, NULL, cfg, PEEK_ROOM_BIG);
	return peek_emit_in(ctx, kind, head, NULL, cfg, largest);
}

__noinline int peek_emit_xdp(struct xdp_md *ctx, struct peek_record *head, struct peek_probe *probe)
{
	return head ? peek_emit(ctx, PEEK_XDP, head, probe) : PEEK_EMIT_READ_FAILED;
}

__noinline int peek_emit_tc(struct __sk_buff *skb, struct peek_record *head,
			    struct peek_probe *probe)
{
	return head ? peek_emit(skb, PEEK_TC, head, probe) : PEEK_EMIT_READ_FAILED;
}

#endif /* PEEK_BPF_EMIT_H */
