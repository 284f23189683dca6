/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What both parsers follow: protocol numbers, limits, and what is an encapsulation. */
#ifndef PEEK_ABI_PACKET_H
#define PEEK_ABI_PACKET_H

#include <linux/types.h>

/*
 * The kernel's parser (bpf/parse.h) and user space (user/decode) stop at the same places, so that
 * a packet one of them does not look into, the other does not either.
 */
enum {
	PEEK_MAX_VLAN_TAGS = 4, /* tags in the frame; one that the NIC stripped is not counted */
	PEEK_MAX_IPV6_EXTENSIONS = 16, /* RFC 8200 §4.1: a legal chain has at most 8 */
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

#endif /* PEEK_ABI_PACKET_H */
