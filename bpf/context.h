/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between XDP and tc, behind inline functions whose `kind` is a compile-time constant,
 * so that everything else is written once.
 */
#ifndef PEEK_BPF_CONTEXT_H
#define PEEK_BPF_CONTEXT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum peek_kind {
	PEEK_XDP,
	PEEK_TC,
};

#define peek_likely(x) __builtin_expect(!!(x), 1)
#define peek_unlikely(x) __builtin_expect(!!(x), 0)

/* All bytes of the frame, not only the linear part. A helper call on XDP. */
static __always_inline __u32 peek_frame_len(void *ctx, const enum peek_kind kind)
{
	if (kind == PEEK_XDP)
		return bpf_xdp_get_buff_len(ctx);
	return ((struct __sk_buff *)ctx)->len;
}

static __always_inline void *peek_data(void *ctx, const enum peek_kind kind)
{
	if (kind == PEEK_XDP)
		return (void *)(long)((struct xdp_md *)ctx)->data;
	return (void *)(long)((struct __sk_buff *)ctx)->data;
}

static __always_inline void *peek_data_end(void *ctx, const enum peek_kind kind)
{
	if (kind == PEEK_XDP)
		return (void *)(long)((struct xdp_md *)ctx)->data_end;
	return (void *)(long)((struct __sk_buff *)ctx)->data_end;
}

/* Copies from any part of the frame. 0 or a negative errno. */
static __always_inline long peek_load(void *ctx, const enum peek_kind kind, __u32 off, void *to,
				      __u64 size)
{
	if (kind == PEEK_XDP)
		return bpf_xdp_load_bytes(ctx, off, to, size);
	return bpf_skb_load_bytes(ctx, off, to, size);
}

static __always_inline __u32 peek_ifindex(void *ctx, const enum peek_kind kind)
{
	if (kind == PEEK_XDP)
		return ((struct xdp_md *)ctx)->ingress_ifindex;
	return ((struct __sk_buff *)ctx)->ifindex;
}

#endif /* PEEK_BPF_CONTEXT_H */
