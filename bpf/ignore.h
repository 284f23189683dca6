/* SPDX-License-Identifier: GPL-2.0 */
/* The ignore lists: looked up only for what would be a candidate or a probe. */
#ifndef PEEK_BPF_IGNORE_H
#define PEEK_BPF_IGNORE_H

#include "address.h"
#include "match.h"
#include "parse.h"

/* What peek_find_ignored() found, as bits. */
enum {
	PEEK_IGNORED = 1 << 0,	    /* the packet is clean */
	PEEK_IGNORED_SCAN = 1 << 1, /* the packet is no probe */
};

/* Whether a list of a bank (key 2 * bank, + 1 for scans) holds the address. */
static __always_inline _Bool peek_on_ignore_list(const struct peek_addr *addr, __u32 key, _Bool v4,
						 _Bool v6)
{
	struct peek_v4_net net4 = {.prefix_len = 32};
	struct peek_v6_net net6 = {.prefix_len = 128};

	if (peek_is_v4(addr)) {
		__builtin_memcpy(net4.addr_be, &addr->word_be[3], sizeof(net4.addr_be));
		return v4 && peek_lookup_in(&peek_v4_ignore, key, &net4);
	}
	__builtin_memcpy(net6.addr_be, addr, sizeof(net6.addr_be));
	return v6 && peek_lookup_in(&peek_v6_ignore, key, &net6);
}

/* `parts`: enum peek_ignore_part bits of the bank. Returns PEEK_IGNORED bits. */
__noinline int peek_find_ignored(struct peek_packet *pkt, __u32 bank, __u32 parts)
{
	_Bool v4 = parts & PEEK_IGNORE_V4, v6 = parts & PEEK_IGNORE_V6;
	_Bool scan_v4 = parts & PEEK_IGNORE_SCAN_V4, scan_v6 = parts & PEEK_IGNORE_SCAN_V6;
	__u32 key = 2 * (bank & 1);

	if (!pkt || !pkt->has_ip)
		return 0;
	if (peek_on_ignore_list(&pkt->src, key, v4, v6) ||
	    peek_on_ignore_list(&pkt->dst, key, v4, v6))
		return PEEK_IGNORED | PEEK_IGNORED_SCAN;
	if (pkt->probe && (peek_on_ignore_list(&pkt->src, key + 1, scan_v4, scan_v6) ||
			   peek_on_ignore_list(&pkt->dst, key + 1, scan_v4, scan_v6)))
		return PEEK_IGNORED_SCAN;
	return 0;
}

#endif /* PEEK_BPF_IGNORE_H */
