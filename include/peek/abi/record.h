/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the programs hand over: the head of a ring record, and the words it uses. */
#ifndef PEEK_ABI_RECORD_H
#define PEEK_ABI_RECORD_H

#include <peek/abi/layout.h>

/* Rule families, as bits of a mask. */
enum peek_family {
	PEEK_FAMILY_IP = 1 << 0,
	PEEK_FAMILY_DOMAIN = 1 << 1,
	PEEK_FAMILY_URL = 1 << 2,
	PEEK_FAMILY_SIGNATURE = 1 << 3,
	PEEK_FAMILY_SCAN = 1 << 4,
	PEEK_FAMILY_PAYLOAD = PEEK_FAMILY_DOMAIN | PEEK_FAMILY_URL | PEEK_FAMILY_SIGNATURE,
	PEEK_FAMILY_ALL = (1 << 5) - 1,
};

enum peek_hook {
	PEEK_HOOK_INGRESS = 0,
	PEEK_HOOK_EGRESS = 1,
	PEEK_HOOK_COUNT = 2,
};

/* Where a frame of the interface begins (from its ARPHRD type). */
enum peek_link_type {
	PEEK_LINK_ETHERNET = 1,
	PEEK_LINK_RAW_IP = 2, /* no link header: the first nibble is the IP version */
};

/* Why a packet was handed over: the first of these that held, in this order. */
enum peek_reason {
	PEEK_REASON_NONE = 0,
	PEEK_REASON_IP = 1,	  /* source or destination is in the IP set */
	PEEK_REASON_FRAGMENT = 2, /* an IP fragment while any family is on */
	PEEK_REASON_TUNNEL = 3,	  /* an encapsulation that only user space opens */
	PEEK_REASON_DNS = 4,	  /* payload on a DNS port */
	PEEK_REASON_PAYLOAD =
		5,	      /* TCP payload while URLs are on, TCP or UDP while signatures are */
	PEEK_REASON_SCAN = 6, /* a probe of a pair that crossed the threshold */
	PEEK_REASON_COUNT = 7,
};

enum {
	/* Largest super-packet that the kernel's stack builds (GSO_MAX_SIZE, "BIG TCP": 8 *
	 * 65,535), with Ethernet header and VLAN tags, rounded up. XDP copies less: bpf/emit.h. */
	PEEK_MAX_CAPTURE = 524544,
	PEEK_SCAN_SLOTS = 64,
};

enum peek_record_type {
	PEEK_RECORD_PACKET = 1,
	PEEK_RECORD_PACKET_WITH_SCAN = 2, /* a struct peek_scan_evidence stands before the frame */
};

/*
 * The head of every ring record. The frame's first cap_len bytes, as the hook saw them, start
 * data_off bytes after the record's first byte. A record may be longer than data_off + cap_len;
 * what follows is unspecified.
 */
struct peek_record {
	__u16 abi_version;
	__u8 type;	  /* enum peek_record_type */
	__u8 hook;	  /* enum peek_hook */
	__u32 generation; /* of the bank the packet was judged by */
	__u64 time_ns;
	__u32 ifindex;
	__u32 wire_len; /* frame length at the hook; a GSO packet is one frame */
	__u32 cap_len;
	__u16 data_off;
	__u8 link_type;	   /* enum peek_link_type */
	__u8 vlan_present; /* 1: vlan_tci is valid (tc only: a tag that is not in the frame) */
	__u16 vlan_tci;	   /* PCP, DEI, VID as in 802.1Q */
	__u16 reason;	   /* enum peek_reason */
	/* enum peek_family bits of all detectors that must see the packet, not only the one of
	 * `reason`. A detector whose bit is clear must not be given it: PEEK_FAMILY_SCAN is set for
	 * probes of a pair that crossed the threshold, which were counted in the kernel until then,
	 * and for tunnels and fragments whose probe, if there is one, the kernel cannot see. */
	__u32 families;
	__u64 reserved; /* zero */
};
PEEK_STATIC_ASSERT(sizeof(struct peek_record) == 48, "peek_record has no hidden padding");
PEEK_STATIC_ASSERT(PEEK_OFFSETOF(struct peek_record, families) == 36, "peek_record layout");

/*
 * What the SYN counter knew of one (source, destination) pair when it handed over the pair's
 * first probe, that probe included. Stands right behind struct peek_record. Slot i (i < used):
 * destination port port[i] was probed at first_ns[i] and at last_ns[i], and between them at gaps
 * no longer than the window. A port may have several slots, whose intervals are then more than a
 * window apart.
 */
struct peek_scan_slots {
	__u64 first_ns[PEEK_SCAN_SLOTS];
	__u64 last_ns[PEEK_SCAN_SLOTS];
	__u16 port[PEEK_SCAN_SLOTS];
};

struct peek_scan_evidence {
	__u32 used;	/* slots filled, 1 … PEEK_SCAN_SLOTS */
	__u32 reserved; /* zero */
	struct peek_scan_slots slots;
};
PEEK_STATIC_ASSERT(sizeof(struct peek_scan_slots) == 64 * 18, "peek_scan_slots layout");
PEEK_STATIC_ASSERT(sizeof(struct peek_scan_evidence) == 1160, "peek_scan_evidence layout");

#endif /* PEEK_ABI_RECORD_H */
