/* SPDX-License-Identifier: GPL-2.0 */
/* An address as both IP versions share it. */
#ifndef PEEK_BPF_ADDRESS_H
#define PEEK_BPF_ADDRESS_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>

/* 16 bytes in network order; an IPv4 address in its mapped form ::ffff:a.b.c.d (RFC 4291 §2.5.5.2),
 * so that one code serves both versions and IPv4 rules apply to mapped addresses by themselves. */
struct peek_addr {
	union {
		__be32 word_be[4];
		__u64 half[2]; /* for comparing and copying */
	};
};

static __always_inline void peek_set_v4(struct peek_addr *addr, __be32 v4_be)
{
	addr->half[0] = 0;
	addr->word_be[2] = bpf_htonl(0xffff);
	addr->word_be[3] = v4_be;
}

static __always_inline _Bool peek_is_v4(const struct peek_addr *addr)
{
	return addr->half[0] == 0 && addr->word_be[2] == bpf_htonl(0xffff);
}

static __always_inline _Bool peek_same(const struct peek_addr *a, const struct peek_addr *b)
{
	return a->half[0] == b->half[0] && a->half[1] == b->half[1];
}

#endif /* PEEK_BPF_ADDRESS_H */
