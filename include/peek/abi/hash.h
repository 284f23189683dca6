/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Hashing that both sides do alike. */
#ifndef PEEK_ABI_HASH_H
#define PEEK_ABI_HASH_H

#include <linux/types.h>

/* SplitMix64's finalizer (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static inline __u64 peek_mix64(__u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

#endif /* PEEK_ABI_HASH_H */
