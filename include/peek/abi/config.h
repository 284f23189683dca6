/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Map peek_config: array of one value, memory-mapped by the controller, read by the programs: what
 * the controller tells them.
 */
#ifndef PEEK_ABI_CONFIG_H
#define PEEK_ABI_CONFIG_H

#include <peek/abi/layout.h>
#include <peek/abi/record.h>

enum {
	PEEK_MAX_DNS_PORTS = 16,
	PEEK_MAX_INTERFACES = 64,
	PEEK_MAX_RINGS = 64, /* one ring for each group of CPUs */
};

struct peek_bank {
	__u32 generation;
	__u32 families;	    /* enum peek_family bits that are on */
	__u32 ip_parts;	    /* enum peek_ip_set_part bits */
	__u32 v6_stages;    /* enum peek_v6_stage bits */
	__u32 ignore_parts; /* enum peek_ignore_part bits */
	__u32 reserved;	    /* zero */
};

struct peek_interface {
	__u32 ifindex;
	__u32 link_type; /* enum peek_link_type */
};

struct peek_config {
	/* Bank 0 or 1: read once per packet, selects the bank of every family. The controller
	 * stores it with release order after the whole bank is written, and writes to the other
	 * bank only after every program that could have read the value before has ended. */
	__u32 active;
	__u32 consumer_asleep; /* 1 while the consumer may be woken; written by the consumer */
	__u64 clock_mask;      /* packet time = (CLOCK_BOOTTIME & clock_mask) + clock_offset_ns */
	__u64 clock_offset_ns;
	__u64 scan_window_ns; /* W of the scan rule */
	__u64 hash_seed;  /* secret, chosen at load: keeps senders from aiming at hash buckets */
	__u32 scan_ports; /* N of the scan rule, 2 … PEEK_SCAN_SLOTS */
	__u32 wake_bytes; /* wake a sleeping consumer once more than this waits in a ring */
	__u32 dns_port_count;
	__u32 interface_count;
	__u32 ring_count;    /* 1 … PEEK_MAX_RINGS */
	__u32 cpus_per_ring; /* ring of a CPU: min(cpu / cpus_per_ring, ring_count - 1) */
	__u32 loss_bank;     /* 0 or 1; written like `active` */
	__u32 reserved;	     /* zero */
	__u16 dns_ports[PEEK_MAX_DNS_PORTS];
	struct peek_interface interfaces[PEEK_MAX_INTERFACES];
	struct peek_bank banks[2];
};
PEEK_STATIC_ASSERT(sizeof(struct peek_config) == 40 + 32 + 32 + 8 * 64 + 2 * 24,
		   "peek_config has no hidden padding");

#endif /* PEEK_ABI_CONFIG_H */
