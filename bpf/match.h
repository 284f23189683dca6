/* SPDX-License-Identifier: GPL-2.0 */
/* The IP set: bitmaps that clear almost every address, then exact hash and prefix trie. A hash
 * costs a quarter of a microsecond when its memory is cold, a trie more. */
#ifndef PEEK_BPF_MATCH_H
#define PEEK_BPF_MATCH_H

#include "address.h"
#include "context.h"
#include "maps.h"
#include "parse.h"

static __always_inline _Bool peek_test_bit(void *bits, __u32 bank, __u32 bit)
{
	__u32 word = bank * PEEK_BITMAP_WORDS + bit / 64;
	const __u64 *value = bpf_map_lookup_elem(bits, &word);

	return value && (*value >> (bit % 64) & 1);
}

static __always_inline _Bool peek_v6_may_match(const struct peek_addr *addr, __u32 bank,
					       __u32 stages, __u64 seed)
{
	__u64 high = bpf_be64_to_cpu(addr->half[0]);

	if (stages & PEEK_V6_STAGE_ALL)
		return 1;
	if (stages & PEEK_V6_STAGE_24 &&
	    peek_test_bit(&peek_v6_bits, bank, peek_v6_bit(high, 24, seed)))
		return 1;
	if (stages & PEEK_V6_STAGE_32 &&
	    peek_test_bit(&peek_v6_bits, bank, peek_v6_bit(high, 32, seed)))
		return 1;
	return stages & PEEK_V6_STAGE_48 &&
	       peek_test_bit(&peek_v6_bits, bank, peek_v6_bit(high, 48, seed));
}

static __always_inline __u32 peek_line_bit(const struct peek_line *line, __u32 bit)
{
	return line->words[bit / 64 % PEEK_LINE_WORDS] >> (bit % 64) & 1;
}

static __always_inline __u32 peek_line_has(const struct peek_line *line, __u32 bits)
{
	return peek_line_bit(line, bits) & peek_line_bit(line, bits >> 9) &
	       peek_line_bit(line, bits >> 18);
}

/* What the address's line does not rule out: PEEK_IP_V4_EXACT, PEEK_IP_V4_NETS. */
static __always_inline __u32 peek_ask_line(__u32 addr, __u32 bank)
{
	__u32 key = bank * PEEK_LINES + peek_v4_line(addr);
	const struct peek_line *line = bpf_map_lookup_elem(&peek_v4_lines, &key);

	if (!line)
		return 0;
	return peek_line_has(line, peek_v4_exact_bits(addr)) * PEEK_IP_V4_EXACT |
	       peek_line_has(line, peek_v4_nets_bits(addr)) * PEEK_IP_V4_NETS;
}

/* First stage: 0 proves that no rule covers the address. */
static __always_inline _Bool peek_may_match(const struct peek_addr *addr, __u32 bank, __u32 parts,
					    __u32 stages, __u64 seed)
{
	if (peek_is_v4(addr) && parts & PEEK_IP_V4_DENSE)
		return peek_ask_line(bpf_ntohl(addr->word_be[3]), bank);
	if (peek_is_v4(addr))
		return peek_test_bit(&peek_v4_bits, bank, peek_v4_bit(bpf_ntohl(addr->word_be[3])));
	return stages && peek_v6_may_match(addr, bank, stages, seed);
}

static __always_inline _Bool peek_lookup_in(void *outer, __u32 bank, const void *key)
{
	void *inner = bpf_map_lookup_elem(outer, &bank);

	return inner && bpf_map_lookup_elem(inner, key);
}

static __always_inline _Bool peek_in_v4_set(__be32 addr_be, __u32 bank, __u32 parts)
{
	struct peek_v4_net net = {.prefix_len = 32};
	__u32 may = peek_ask_line(bpf_ntohl(addr_be), bank);

	if (may & parts & PEEK_IP_V4_EXACT && peek_lookup_in(&peek_v4_exact, bank, &addr_be))
		return 1;
	__builtin_memcpy(net.addr_be, &addr_be, sizeof(net.addr_be));
	return may & parts & PEEK_IP_V4_NETS && peek_lookup_in(&peek_v4_nets, bank, &net);
}

static __always_inline _Bool peek_in_v6_set(const struct peek_addr *addr, __u32 bank, __u32 parts)
{
	struct peek_v6_net net = {.prefix_len = 128};

	__builtin_memcpy(net.addr_be, addr, sizeof(net.addr_be));
	if (parts & PEEK_IP_V6_EXACT && peek_lookup_in(&peek_v6_exact, bank, net.addr_be))
		return 1;
	return parts & PEEK_IP_V6_NETS && peek_lookup_in(&peek_v6_nets, bank, &net);
}

/* Second stage. The keys are copies on this function's stack: kernel 6.1 refuses a pointer argument
 * of a global function as a map key. */
__noinline int peek_in_ip_set(struct peek_addr *addr, __u32 bank, __u32 parts)
{
	if (!addr)
		return 0;
	bank &= 1;
	if (peek_is_v4(addr))
		return peek_in_v4_set(addr->word_be[3], bank, parts);
	return peek_in_v6_set(addr, bank, parts);
}

static __always_inline _Bool peek_match_ip(struct peek_packet *pkt, const struct peek_config *cfg,
					   const struct peek_bank *bank, __u32 active)
{
	__u32 stages = bank->v6_stages;
	__u32 parts = bank->ip_parts;
	__u64 seed = cfg->hash_seed;

	if (peek_unlikely(peek_may_match(&pkt->src, active, parts, stages, seed)) &&
	    peek_in_ip_set(&pkt->src, active, parts))
		return 1;
	return peek_unlikely(peek_may_match(&pkt->dst, active, parts, stages, seed)) &&
	       peek_in_ip_set(&pkt->dst, active, parts);
}

#endif /* PEEK_BPF_MATCH_H */
