/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How layouts are asserted, in C and in C++, and the version of them all. */
#ifndef PEEK_ABI_LAYOUT_H
#define PEEK_ABI_LAYOUT_H

#include <linux/types.h>

#ifdef __cplusplus
#define PEEK_STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define PEEK_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif
#define PEEK_OFFSETOF(type, member) __builtin_offsetof(type, member)

enum { PEEK_ABI_VERSION = 3 };

#endif /* PEEK_ABI_LAYOUT_H */
