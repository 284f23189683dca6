/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The contract between the BPF programs (bpf/) and the controller (user/): every map value, ring
 * record and constant that both sides must read the same way, a header a subject. Nothing else is
 * shared. Includable from C (clang -target bpf) and from C++.
 *
 * Unless a name ends in `_be` (network byte order), integers are in host byte order. Times are
 * nanoseconds of the packet clock (struct peek_config: CLOCK_BOOTTIME unless a test moves it).
 * Lengths are bytes. All padding is explicit and written as zero.
 *
 * Change of layout or meaning: raise PEEK_ABI_VERSION. The controller compares it with the version
 * the BPF object carries before it attaches anything.
 */
#ifndef PEEK_ABI_H
#define PEEK_ABI_H

#include <peek/abi/config.h>
#include <peek/abi/counters.h>
#include <peek/abi/handover.h>
#include <peek/abi/hash.h>
#include <peek/abi/ip_set.h>
#include <peek/abi/layout.h>
#include <peek/abi/packet.h>
#include <peek/abi/record.h>
#include <peek/abi/scan.h>

#endif /* PEEK_ABI_H */
