/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The contract between the BPF programs (bpf/) and the controller (user/): every map value, ring
 * record and constant that both sides must read the same way. Nothing else is shared.
 *
 * Includable from C (clang -target bpf) and from C++. The includer provides the fixed-width types
 * __u8 … __u64: <linux/types.h> is enough on both sides.
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

#include <linux/types.h>

#ifdef __cplusplus
#define PEEK_STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define PEEK_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif
#define PEEK_OFFSETOF(type, member) __builtin_offsetof(type, member)

enum { PEEK_ABI_VERSION = 3 };

/* ---- What both parsers follow --------------------------------------------------------------
 *
 * The kernel's parser (bpf/parse.h) and user space (user/decode) stop at the same places, so that
 * a packet one of them does not look into, the other does not either.
 */
enum {
	PEEK_MAX_VLAN_TAGS = 4, /* tags in the frame; one that the NIC stripped is not counted */
	PEEK_MAX_IPV6_EXTENSIONS = 16, /* RFC 8200 §4.1: a legal chain has at most 8 */
	PEEK_MAX_DNS_PORTS = 16,
	PEEK_MAX_INTERFACES = 64,
};

/* EtherTypes that open a VLAN tag: 802.1Q, 802.1ad, and the value QinQ gear used before 802.1ad. */
enum {
	PEEK_ETH_8021Q = 0x8100,
	PEEK_ETH_8021AD = 0x88a8,
	PEEK_ETH_QINQ_OLD = 0x9100,
	PEEK_ETH_IPV4 = 0x0800,
	PEEK_ETH_IPV6 = 0x86dd,
};

static inline int peek_opens_vlan_tag(__u16 ether_type)
{
	return ether_type == PEEK_ETH_8021Q || ether_type == PEEK_ETH_8021AD ||
	       ether_type == PEEK_ETH_QINQ_OLD;
}

/* IPv6 extension headers that are skipped (RFC 8200 §4, RFC 4302, RFC 6275, RFC 7401, RFC 5533). */
enum {
	PEEK_IPV6_HOP_BY_HOP = 0,
	PEEK_IPV6_ROUTING = 43,
	PEEK_IPV6_FRAGMENT = 44,
	PEEK_IPV6_AUTHENTICATION = 51,
	PEEK_IPV6_DESTINATION = 60,
	PEEK_IPV6_MOBILITY = 135,
	PEEK_IPV6_HIP = 139,
	PEEK_IPV6_SHIM6 = 140,
};

static inline int peek_is_ipv6_extension(__u8 next_header)
{
	return next_header == PEEK_IPV6_HOP_BY_HOP || next_header == PEEK_IPV6_ROUTING ||
	       next_header == PEEK_IPV6_FRAGMENT || next_header == PEEK_IPV6_AUTHENTICATION ||
	       next_header == PEEK_IPV6_DESTINATION || next_header == PEEK_IPV6_MOBILITY ||
	       next_header == PEEK_IPV6_HIP || next_header == PEEK_IPV6_SHIM6;
}

/* Bytes of an extension header; `length` is its second byte. */
static inline __u32 peek_ipv6_extension_bytes(__u8 header, __u8 length)
{
	if (header == PEEK_IPV6_FRAGMENT)
		return 8;
	if (header == PEEK_IPV6_AUTHENTICATION)
		return (length + 2) * 4;
	return (length + 1) * 8;
}

/*
 * Packets longer than 65,535 bytes ("BIG TCP", jumbograms) and such whose length the NIC is to fill
 * in: an IPv4 total length or IPv6 payload length of 0 states that the packet ends with the frame,
 * unless a hop-by-hop header right behind the IPv6 header begins with the jumbo payload option
 * (RFC 2675 §2), as its alignment of 4n + 2 makes it do; then the packet ends that many bytes
 * behind the IPv6 header, if the option's value is not 0. A UDP length of 0 states the IP packet's.
 */
enum {
	PEEK_IPV6_JUMBO = 0xc204, /* an option's first two bytes: its type and its length */
};

/*
 * Encapsulations that user/decode opens. The kernel does not: what it meets of these is a candidate
 * of every family, and so is every fragment that may be a part of one. The lists name what may be
 * an encapsulation; user space then looks at the header's shape, since a port alone does not make a
 * tunnel.
 */
enum {
	/* Encapsulations that are opened in one packet (a tunnel, an MPLS stack, a PPPoE session,
	 * an LLC header), so IP headers that are followed: one more. */
	PEEK_MAX_ENCAPSULATIONS = 7,
	PEEK_MAX_IP_LAYERS = PEEK_MAX_ENCAPSULATIONS + 1,
};

enum {
	PEEK_ETH_LENGTH_MAX = 1500, /* IEEE 802.3: up to this a length, with an LLC header behind */
	PEEK_ETH_TRANSPARENT = 0x6558, /* an Ethernet frame; in GRE and Geneve only */
	PEEK_ETH_MPLS = 0x8847,
	PEEK_ETH_MPLS_UPSTREAM = 0x8848, /* RFC 5332; multicast before */
	PEEK_ETH_PPPOE_SESSION = 0x8864,
};

/* Behind the Ethernet header or its last VLAN tag. */
static inline int peek_ether_type_is_opened(__u16 ether_type)
{
	return ether_type <= PEEK_ETH_LENGTH_MAX || ether_type == PEEK_ETH_MPLS ||
	       ether_type == PEEK_ETH_MPLS_UPSTREAM || ether_type == PEEK_ETH_PPPOE_SESSION;
}

enum {
	PEEK_PROTOCOL_IPV4 = 4,	 /* RFC 2003, RFC 2473 */
	PEEK_PROTOCOL_IPV6 = 41, /* RFC 4213, RFC 2473 */
	PEEK_PROTOCOL_GRE = 47,	 /* RFC 2784, RFC 2890, RFC 2637; ERSPAN in it */
};

/* As IPv4 protocol, or next header of an IPv6 or an IPv6 extension header. */
static inline int peek_protocol_is_opened(__u8 protocol)
{
	return protocol == PEEK_PROTOCOL_IPV4 || protocol == PEEK_PROTOCOL_IPV6 ||
	       protocol == PEEK_PROTOCOL_GRE;
}

enum {
	PEEK_PORT_GTP_U = 2152,	      /* 3GPP TS 29.281 */
	PEEK_PORT_TEREDO = 3544,      /* RFC 4380 */
	PEEK_PORT_VXLAN = 4789,	      /* RFC 7348 */
	PEEK_PORT_VXLAN_GPE = 4790,   /* draft-ietf-nvo3-vxlan-gpe */
	PEEK_PORT_GENEVE = 6081,      /* RFC 8926 */
	PEEK_PORT_VXLAN_LINUX = 8472, /* what Linux used first; still its default */
};

/* As UDP source or destination port. */
static inline int peek_port_is_opened(__u16 port)
{
	return port == PEEK_PORT_GTP_U || port == PEEK_PORT_TEREDO || port == PEEK_PORT_VXLAN ||
	       port == PEEK_PORT_VXLAN_GPE || port == PEEK_PORT_GENEVE ||
	       port == PEEK_PORT_VXLAN_LINUX;
}

/* RFC 9293 §3.1: a scan probe is a whole TCP header with SYN set and ACK clear. */
enum {
	PEEK_TCP_SYN = 0x02,
	PEEK_TCP_ACK = 0x10,
};

/* ---- Enumerations --------------------------------------------------------------------------- */

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

/* Candidates that did not reach user space. */
enum peek_lost {
	PEEK_LOST_RING_FULL = 0,
	PEEK_LOST_NO_CONTROLLER = 1, /* the clsact stub found no program behind it */
	PEEK_LOST_COUNT = 2,
};

/* Packets that the kernel could neither pass as clean nor hand over. */
enum peek_undecided {
	PEEK_UNDECIDED_READ_FAILED = 0, /* bytes inside the frame could not be read */
	PEEK_UNDECIDED_COUNT = 1,
};

/* Seen, but not fully judged. Outside the ledger's equations. */
enum peek_blind {
	PEEK_BLIND_SCAN_STATE_EVICTED = 0, /* a live scan entry was forgotten for want of room */
	PEEK_BLIND_PAYLOAD_TRUNCATED = 1,  /* a candidate longer than the hook can copy was cut */
	PEEK_BLIND_HEADER_CHAIN = 2,	   /* more than PEEK_MAX_VLAN_TAGS or _IPV6_EXTENSIONS */
	PEEK_BLIND_COUNT = 3,
};

/* ---- Ring records --------------------------------------------------------------------------- */

enum {
	/* Largest super-packet that the kernel's stack builds (GSO_MAX_SIZE, "BIG TCP": 8 *
	 * 65,535), with Ethernet header and VLAN tags, rounded up. XDP copies less: bpf/emit.h. */
	PEEK_MAX_CAPTURE = 524544,
	PEEK_SCAN_SLOTS = 64,
	PEEK_MAX_RINGS = 64, /* one ring for each group of CPUs */
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

/* ---- Decisions without a record ---------------------------------------------------------------
 *
 * Map peek_losses: hash of struct peek_loss_key to struct peek_loss. Addresses and scans are
 * decided in the kernel. When such a candidate finds no room in its ring, it is counted here, so
 * that alerts stay exact although the evidence is lost. The programs add to the bank that
 * peek_config.loss_bank names. The controller turns the bank, waits for running programs, then
 * reads and deletes what the other one holds.
 */
enum peek_loss_type {
	PEEK_LOSS_IP = 0,   /* a packet to or from a listed address */
	PEEK_LOSS_SCAN = 1, /* a probe of a pair that crossed the scan threshold */
	PEEK_LOSS_COUNT = 2,
};

/* One IPv6 address, or an IPv4 address as ::ffff:a.b.c.d, each: as the packet has them. */
struct peek_loss_key {
	__u8 src_be[16];
	__u8 dst_be[16];
	__u8 type;     /* enum peek_loss_type */
	__u8 bank;     /* 0 or 1 */
	__u8 hook;     /* enum peek_hook */
	__u8 reserved; /* zero */
	__u32 ifindex;
};
PEEK_STATIC_ASSERT(sizeof(struct peek_loss_key) == 40, "peek_loss_key has no hidden padding");

struct peek_loss {
	__u64 count;
	__u64 last_ns; /* packet time of about the latest */
};

enum { PEEK_LOSS_ENTRIES = 65536 };

/* ---- Counters -------------------------------------------------------------------------------
 *
 * Map peek_counters: per-CPU array, key = peek_counter_key(interface slot, hook). Written by the
 * programs, read by the controller, never reset. Over all CPUs, once the hook is detached:
 *   seen = passed_clean + candidates + Σ undecided
 *   candidates = (records in the ring, consumed or not) + Σ lost
 */
struct peek_counters {
	__u64 seen; /* all that a hook was given */
	__u64 passed_clean;
	__u64 candidates;
	__u64 lost[PEEK_LOST_COUNT];
	__u64 undecided[PEEK_UNDECIDED_COUNT];
	__u64 blind[PEEK_BLIND_COUNT];
	__u64 by_reason[PEEK_REASON_COUNT]; /* candidates by reason; [NONE]: the clsact stub's */
	/* Part of passed_clean: packets of an ignored address that would have been candidates, or
	 * counted as scan probes, without the ignore lists. */
	__u64 ignored;
	/* Part of lost: decisions of the kernel for which peek_losses had no room, by
	 * enum peek_loss_type. */
	__u64 unattributed[PEEK_LOSS_COUNT];
};
PEEK_STATIC_ASSERT(sizeof(struct peek_counters) == 8 * 19, "peek_counters layout");

/* Slots 0 … PEEK_MAX_INTERFACES - 1 as in peek_config.interfaces; one more for frames of an
 * interface that is not in that list (cannot happen unless somebody else attached our program). */
static inline __u32 peek_counter_key(__u32 slot, __u32 hook)
{
	return slot * PEEK_HOOK_COUNT + hook;
}
enum { PEEK_COUNTER_ENTRIES = (PEEK_MAX_INTERFACES + 1) * PEEK_HOOK_COUNT };

/* ---- Configuration --------------------------------------------------------------------------
 *
 * Map peek_config: array of one value, memory-mapped by the controller, read by the programs.
 */

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

/* ---- The IP set's first stage ---------------------------------------------------------------
 *
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
 * Map peek_v4_lines: array of struct peek_line, two banks of PEEK_LINES: Bloom filters of a cache
 * line. A /24 names a line; in it three bits are set for each listed address, and three for a /24
 * that a listed network touches. A clear one of the three proves that no address, or no network,
 * matches. The programs look here behind peek_v4_bits, or in its place in a bank with
 * PEEK_IP_V4_DENSE: of so many addresses that too many /24s have one.
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

/* SplitMix64's finalizer (Steele, Lea, Flood 2014): every input bit reaches every output bit. */
static inline __u64 peek_mix64(__u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* Bit number in peek_v6_bits of an address's first `bits` (24, 32 or 48) bits; `high` is its first
 * eight bytes as a host-order integer. */
static inline __u32 peek_v6_bit(__u64 high, __u32 bits, __u64 seed)
{
	__u64 prefix = high >> (64 - bits);

	return (__u32)(peek_mix64(prefix ^ ((__u64)bits << 56) ^ seed) >> 40);
}

/* ---- The IP set's second stage --------------------------------------------------------------
 *
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

/* ---- The ignore lists ------------------------------------------------------------------------
 *
 * Outer maps (ARRAY_OF_MAPS of four: 2 * bank, + 1 for the list that only scans heed)
 * peek_v4_ignore and peek_v6_ignore hold LPM_TRIE maps from the keys above, an address being a
 * prefix of full length, to a __u32 of 1. A packet from or to an entry is clean whatever other
 * lists say; a probe from or to an entry of the second list is not counted. Looked up only for what
 * would be a candidate or a probe.
 */

/* ---- The rings and what has been read of them ---------------------------------------------------
 *
 * Outer map peek_rings: ARRAY_OF_MAPS of PEEK_MAX_RINGS RINGBUF maps; entries from
 * peek_config.ring_count on are empty.
 *
 * Map peek_checkpoint: array of one value, memory-mapped, written and read by controllers only. It
 * outlives a controller where the maps are pinned. Positions count bytes since the ring was made,
 * like the ring's own.
 *
 * A record is done when what it caused has been written to the logs. Controllers raise taken_pos
 * before they inspect, write the idle copy after a batch is done, turn `current`, and only then
 * give the room back to the ring. So after a crash: records before done_pos are over, those
 * between done_pos and taken_pos may have been written (context.replayed), the rest is untouched.
 */
struct peek_checkpoint_copy {
	__u64 done_pos[PEEK_MAX_RINGS];
	/* Records that became packets, and that were not understood, by peek_counter_key(). */
	__u64 delivered[PEEK_COUNTER_ENTRIES];
	__u64 not_understood[PEEK_COUNTER_ENTRIES];
};

struct peek_checkpoint {
	__u32 current;	/* the valid copy, 0 or 1 */
	__u32 ended;	/* 1: the last controller ended in order: everything taken is done */
	__u64 restarts; /* controllers that took over from an earlier one */
	__u64 taken_pos[PEEK_MAX_RINGS];
	struct peek_checkpoint_copy copies[2];
};

/*
 * Map peek_manifest: array of one value, memory-mapped, controllers only: what a controller must
 * know of the one before it, where the maps are pinned. Slots are those of peek_config.interfaces.
 */
enum peek_attached {
	PEEK_ATTACHED_NOT = 0,
	PEEK_ATTACHED_XDP_NATIVE = 1,
	PEEK_ATTACHED_XDP_GENERIC = 2,
	PEEK_ATTACHED_TC = 3,
};

struct peek_pinned_interface {
	char name[16]; /* ends in zeros */
	__u32 ifindex; /* 0: no hook is attached; the name keeps its slot and counters */
	__u8 attached[PEEK_HOOK_COUNT]; /* enum peek_attached */
	__u16 reserved;			/* zero */
};

struct peek_manifest {
	struct peek_pinned_interface interfaces[PEEK_MAX_INTERFACES];
	char rules_sha256[4][64]; /* by bit number of enum peek_family; zeros: none */
};
PEEK_STATIC_ASSERT(sizeof(struct peek_manifest) == 64 * 24 + 256, "peek_manifest layout");

/* ---- The scan table -------------------------------------------------------------------------
 *
 * Map peek_scan: array of sets, a set's ways shared by the pairs that hash to it. Map
 * peek_scan_door: array of buckets, where a pair waits until it probes a second port. Each one
 * table for all CPUs, interfaces and hooks; their layout is private to bpf/ but for their sizes and
 * peek_pair_hash(). Map peek_scan_tags: array of struct peek_scan_tags, who is in the sets: written
 * by the programs with the set's lock held, read by them without, and by the controller, which
 * counts the pairs that are live: such as probed within the window.
 */
enum {
	PEEK_SCAN_WAYS = 4,
	PEEK_SCAN_SETS = 4096, /* 4,096 sets × 4 ways × 1.2 KiB = 20 MB for 16,384 pairs */
	PEEK_SCAN_DOOR_WAYS = 3,
	PEEK_SCAN_DOORS = 1 << 18, /* 262,144 buckets × 64 bytes = 16 MiB for 786,432 pairs */
};

struct peek_scan_tags {
	__u32 tag[PEEK_SCAN_WAYS];  /* of the pair's hash; 0: the way was never used */
	__u32 last[PEEK_SCAN_WAYS]; /* its latest probe's time >> PEEK_SCAN_LAST_SHIFT: seconds */
};
enum { PEEK_SCAN_LAST_SHIFT = 30 };

/* Of a (source, destination) pair, each address as two halves of its (mapped) 16 bytes. A set is
 * named by the lowest bits, a bucket by those above bit 12, a pair in either by the upper half. */
static inline __u64 peek_pair_hash(const __u64 *src, const __u64 *dst, __u64 seed)
{
	__u64 hash = seed;

	if (src[0] | dst[0])
		hash = peek_mix64(peek_mix64(hash ^ src[0]) ^ dst[0]);
	return peek_mix64(peek_mix64(hash ^ src[1]) ^ dst[1]);
}

#endif /* PEEK_ABI_H */
