/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The IP set and the ignore lists: layouts of their maps, and the arithmetic of the first stages.
 */
#ifndef PEEK_ABI_IP_SET_H
#define PEEK_ABI_IP_SET_H

#include <peek/abi/hash.h>

/* First stages of the IPv6 set that a bank uses; see peek_v6_bit(). */
enum peek_v6_stage {
	PEEK_V6_STAGE_24 = 1 << 0,
	PEEK_V6_STAGE_32 = 1 << 1,
	PEEK_V6_STAGE_48 = 1 << 2,
	PEEK_V6_STAGE_ALL = 1 << 3, /* a prefix shorter than /8 is loaded: always look */
};

/* Which second stages hold entries; an empty one is not looked up. */
enum peek_ip_set_part {
	PEEK_IP_V4_EXACT = 1 << 0,
	PEEK_IP_V4_NETS = 1 << 1,
	PEEK_IP_V6_EXACT = 1 << 2,
	PEEK_IP_V6_NETS = 1 << 3,
	PEEK_IP_V4_DENSE = 1 << 4, /* first look into peek_v4_lines */
};

/* Which ignore lists hold entries. */
enum peek_ignore_part {
	PEEK_IGNORE_V4 = 1 << 0,
	PEEK_IGNORE_V6 = 1 << 1,
	PEEK_IGNORE_SCAN_V4 = 1 << 2,
	PEEK_IGNORE_SCAN_V6 = 1 << 3,
};

/*
 * Map peek_v4_bits: one bit for each of the 2^24 IPv4 /24 networks, set when any rule touches it.
 * Map peek_v6_bits: 2^24 bits, set at peek_v6_bit() of a rule's leading 24, 32 or 48 bits: the
 * longest of the three that the prefix covers; prefixes /8 … /23 set every /24 they cover.
 * Both: array of __u64, two banks one behind the other; word w of bank b is entry
 * b * PEEK_BITMAP_WORDS + w. A clear bit proves that no rule matches; a set bit proves nothing.
 */
enum {
	PEEK_BITMAP_BITS = 1 << 24,
	PEEK_BITMAP_WORDS = PEEK_BITMAP_BITS / 64,
};

/* Bit number in peek_v4_bits of an IPv4 address in host byte order. */
static inline __u32 peek_v4_bit(__u32 addr)
{
	return addr >> 8;
}

/*
 * Map peek_v4_lines: array of struct peek_line, two banks of PEEK_LINES: a blocked Bloom filter, of
 * a cache line a block. A /24 names a line; in it three bits are set for each listed address, and
 * three for a /24 that a listed network touches. A clear one of the three proves that no address,
 * or no network, matches. The programs look here behind peek_v4_bits, or in its place in a bank
 * with PEEK_IP_V4_DENSE: of so many addresses that too many /24s have one.
 */
enum {
	PEEK_LINES = 1 << 15,
	PEEK_LINE_WORDS = 8,
	PEEK_LINE_BITS = 512,
	PEEK_DENSE_ADDRESSES = 250000, /* 1.5% of all /24s */
};

struct peek_line {
	__u64 words[PEEK_LINE_WORDS];
};

static inline __u32 peek_v4_line(__u32 addr)
{
	return (addr >> 8) * 0x9e3779b1U >> 17;
}

/* The three bits of an address, and of its /24: numbers of 9 bits, one above the other. */
static inline __u32 peek_v4_exact_bits(__u32 addr)
{
	return (__u32)(addr * 0x9e3779b97f4a7c15ULL >> 37);
}

static inline __u32 peek_v4_nets_bits(__u32 addr)
{
	return (__u32)((addr >> 8) * 0xd6e8feb86659fd93ULL >> 37);
}

/* Bit number in peek_v6_bits of an address's first `bits` (24, 32 or 48) bits; `high` is its first
 * eight bytes as a host-order integer. */
static inline __u32 peek_v6_bit(__u64 high, __u32 bits, __u64 seed)
{
	__u64 prefix = high >> (64 - bits);

	return (__u32)(peek_mix64(prefix ^ ((__u64)bits << 56) ^ seed) >> 40);
}

/*
 * Outer maps (ARRAY_OF_MAPS of two, by bank): peek_v4_exact and peek_v6_exact hold HASH maps from
 * the address in network byte order (__be32, 16 bytes) to a __u32 of 1; peek_v4_nets and
 * peek_v6_nets hold LPM_TRIE maps from these keys to a __u32 of 1. An IPv4-mapped IPv6 address
 * (::ffff:a.b.c.d) is looked up as the IPv4 address.
 */
struct peek_v4_net {
	__u32 prefix_len;
	__u8 addr_be[4];
};

struct peek_v6_net {
	__u32 prefix_len;
	__u8 addr_be[16];
};

/*
 * Outer maps (ARRAY_OF_MAPS of four: 2 * bank, + 1 for the list that only scans heed)
 * peek_v4_ignore and peek_v6_ignore hold LPM_TRIE maps from the keys above, an address being a
 * prefix of full length, to a __u32 of 1. A packet from or to an entry is clean whatever other
 * lists say; a probe from or to an entry of the second list is not counted. Looked up only for what
 * would be a candidate or a probe.
 */

#endif /* PEEK_ABI_IP_SET_H */
