/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a frame to a struct peek_packet, by the rules of include/peek/abi.h and user/decode: both
 * parsers stop at the same places.
 *
 * One source, two access methods (compile-time constant `direct`). The near parse reads headers
 * through packet pointers and gives up where they do not reach or a chain is longer than a few
 * headers. The far parse copies header by header from any part of the frame and follows chains to
 * their limits; it is a global function, which the verifier checks once and by itself.
 */
#ifndef PEEK_BPF_PARSE_H
#define PEEK_BPF_PARSE_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#include <peek/abi.h>

#include "address.h"
#include "context.h"

enum {
	PEEK_NEAR_VLAN_TAGS = 2,
	PEEK_NEAR_IPV6_EXTENSIONS = 2,
	PEEK_NO_TRANSPORT = IPPROTO_NONE,
	PEEK_NO_ETHERTYPE = 0xffff, /* RFC 1701 reserves it */
};

/* What the headers say. Ports and lengths in host byte order. */
struct peek_packet {
	struct peek_addr src;
	struct peek_addr dst;
	__u32 payload_off; /* from the frame's first byte */
	__u32 payload_len; /* 0 unless TCP or UDP with a sane header */
	__u16 src_port;
	__u16 dst_port;
	__u8 has_ip;   /* the addresses are valid */
	__u8 protocol; /* IPPROTO_TCP or IPPROTO_UDP with a whole header, else 0 */
	__u8 fragment; /* more to come or a non-zero offset; atomic ones (RFC 6946) are whole */
	__u8 tunnel;   /* an encapsulation that user space opens and this parser does not */
	__u8 probe;    /* a valid TCP header with SYN and without ACK */
	__u8 too_deep; /* more VLAN tags or extension headers than are followed */
	__u8 urgent;   /* a valid TCP header with URG */
	__u8 reserved[5];
};

enum peek_parsed {
	PEEK_PARSED,	   /* as far as the rules go; malformed packets too */
	PEEK_PARSE_FAR,	   /* near parse only: the far parse must do it */
	PEEK_PARSE_FAILED, /* bytes inside the frame could not be read */
};

struct peek_cursor {
	void *ctx;
	void *data; /* near parse only: the linear part */
	void *data_end;
	__u32 off; /* of the next header, from the frame's first byte */
	__u32 end; /* of the bytes that count, from the frame's first byte */
};

/*
 * The next `size` bytes, or NULL. A near parse answers NULL when the linear part ends before them,
 * a far parse only when the helper fails: it is asked for bytes inside cur->end alone.
 */
static __always_inline const void *peek_header(const struct peek_cursor *cur,
					       const enum peek_kind kind, const _Bool direct,
					       void *copy, const __u32 size)
{
	if (direct) {
		void *at = cur->data + cur->off;

		return at + size <= cur->data_end ? at : NULL;
	}
	return peek_load(cur->ctx, kind, cur->off, copy, size) ? NULL : copy;
}

static __always_inline _Bool peek_fits(const struct peek_cursor *cur, __u32 size)
{
	return cur->off + size <= cur->end;
}

#define PEEK_UNREADABLE (direct ? PEEK_PARSE_FAR : PEEK_PARSE_FAILED)

/* Moves cur->end to where the IP packet ends: what its length field states, if that lies inside the
 * frame; 0 states "to the frame's end". The near parse asks for the frame's length only if the
 * linear part does not answer. */
static __always_inline void peek_limit_to_packet(struct peek_cursor *cur, const enum peek_kind kind,
						 const _Bool direct, __u32 stated)
{
	__u32 end = cur->off + stated;

	if (direct) {
		if (stated && end <= cur->data_end - cur->data) {
			cur->end = end;
			return;
		}
		cur->end = peek_frame_len(cur->ctx, kind);
	}
	if (stated && end < cur->end)
		cur->end = end;
}

static __always_inline enum peek_parsed peek_parse_tcp(struct peek_cursor *cur,
						       const enum peek_kind kind,
						       const _Bool direct, struct peek_packet *pkt)
{
	struct tcphdr copy;
	const struct tcphdr *tcp;
	__u32 size;

	if (!peek_fits(cur, sizeof(*tcp)))
		return PEEK_PARSED;
	tcp = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!tcp)
		return PEEK_UNREADABLE;
	pkt->protocol = IPPROTO_TCP;
	pkt->src_port = bpf_ntohs(tcp->source);
	pkt->dst_port = bpf_ntohs(tcp->dest);
	size = tcp->doff * 4;
	if (size < sizeof(*tcp) || !peek_fits(cur, size))
		return PEEK_PARSED;
	pkt->probe = tcp->syn && !tcp->ack;
	pkt->urgent = tcp->urg;
	pkt->payload_off = cur->off + size;
	pkt->payload_len = cur->end - pkt->payload_off;
	return PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_udp(struct peek_cursor *cur,
						       const enum peek_kind kind,
						       const _Bool direct, struct peek_packet *pkt)
{
	struct udphdr copy;
	const struct udphdr *udp;
	__u32 size, available;

	if (!peek_fits(cur, sizeof(*udp)))
		return PEEK_PARSED;
	udp = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!udp)
		return PEEK_UNREADABLE;
	pkt->protocol = IPPROTO_UDP;
	pkt->src_port = bpf_ntohs(udp->source);
	pkt->dst_port = bpf_ntohs(udp->dest);
	pkt->tunnel = peek_port_is_opened(pkt->src_port) || peek_port_is_opened(pkt->dst_port);
	available = cur->end - cur->off;
	size = bpf_ntohs(udp->len);
	/* 0: longer than the field can say, or not filled in yet (RFC 2675 §4, offload) */
	if (size == 0 || size > available)
		size = available;
	if (size < sizeof(*udp))
		return PEEK_PARSED;
	pkt->payload_off = cur->off + sizeof(*udp);
	pkt->payload_len = size - sizeof(*udp);
	return PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_transport(struct peek_cursor *cur,
							     const enum peek_kind kind,
							     const _Bool direct,
							     struct peek_packet *pkt, __u8 protocol)
{
	if (protocol == IPPROTO_TCP)
		return peek_parse_tcp(cur, kind, direct, pkt);
	if (protocol == IPPROTO_UDP)
		return peek_parse_udp(cur, kind, direct, pkt);
	pkt->tunnel = peek_protocol_is_opened(protocol);
	return PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_ipv4(struct peek_cursor *cur,
							const enum peek_kind kind,
							const _Bool direct, struct peek_packet *pkt)
{
	struct iphdr copy;
	const struct iphdr *ip;
	__u32 size;

	if (!direct && !peek_fits(cur, sizeof(*ip)))
		return PEEK_PARSED;
	ip = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!ip)
		return PEEK_UNREADABLE;
	size = ip->ihl * 4;
	if (ip->version != 4 || size < sizeof(*ip))
		return PEEK_PARSED;
	pkt->has_ip = 1;
	peek_set_v4(&pkt->src, ip->saddr);
	peek_set_v4(&pkt->dst, ip->daddr);
	pkt->fragment = (ip->frag_off & bpf_htons(0x3fff)) != 0;
	if (ip->frag_off & bpf_htons(0x1fff))
		return PEEK_PARSED;
	peek_limit_to_packet(cur, kind, direct, bpf_ntohs(ip->tot_len));
	if (!peek_fits(cur, size))
		return PEEK_PARSED;
	cur->off += size;
	return peek_parse_transport(cur, kind, direct, pkt, ip->protocol);
}

/* What all extension headers begin with; the fragment header's offset is part of it. */
struct peek_extension {
	__u8 next;
	__u8 length;
	union {
		__be16 fragment_be; /* fragment header: offset in 8 bytes << 3 | more */
		__be16 option_be;   /* options headers: the first option's type and length */
	};
	__be32 value_be;
};

/* Moves cur->end to `stated` bytes from here, if that lies inside the frame. */
static __always_inline void peek_shorten(struct peek_cursor *cur, __u32 stated)
{
	if (stated && stated < cur->end - cur->off)
		cur->end = cur->off + stated;
}

/* Skips extension headers. *protocol is what follows them, PEEK_NO_TRANSPORT if nothing that is
 * looked at does. `jumbo`: the IPv6 header states no length. */
static __always_inline enum peek_parsed
peek_skip_extensions(struct peek_cursor *cur, const enum peek_kind kind, const _Bool direct,
		     struct peek_packet *pkt, _Bool jumbo, __u8 *protocol)
{
	const int limit = direct ? PEEK_NEAR_IPV6_EXTENSIONS : PEEK_MAX_IPV6_EXTENSIONS;

	for (int i = 0; i < limit && peek_is_ipv6_extension(*protocol); i++) {
		struct peek_extension copy;
		const struct peek_extension *ext;
		__u8 type = *protocol;
		__u32 size;

		*protocol = PEEK_NO_TRANSPORT;
		if (!peek_fits(cur, sizeof(*ext)))
			return PEEK_PARSED;
		ext = peek_header(cur, kind, direct, &copy, sizeof(copy));
		if (!ext)
			return PEEK_UNREADABLE;
		if (i == 0 && jumbo && type == PEEK_IPV6_HOP_BY_HOP &&
		    ext->option_be == bpf_htons(PEEK_IPV6_JUMBO))
			peek_shorten(cur, bpf_ntohl(ext->value_be));
		size = peek_ipv6_extension_bytes(type, ext->length);
		if (!peek_fits(cur, size))
			return PEEK_PARSED;
		if (type == PEEK_IPV6_FRAGMENT) {
			pkt->fragment |= (ext->fragment_be & bpf_htons(0xfff9)) != 0;
			if (ext->fragment_be & bpf_htons(0xfff8))
				return PEEK_PARSED;
		}
		cur->off += size;
		*protocol = ext->next;
	}
	if (!peek_is_ipv6_extension(*protocol))
		return PEEK_PARSED;
	pkt->too_deep = 1;
	*protocol = PEEK_NO_TRANSPORT;
	return direct ? PEEK_PARSE_FAR : PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_ipv6(struct peek_cursor *cur,
							const enum peek_kind kind,
							const _Bool direct, struct peek_packet *pkt)
{
	struct ipv6hdr copy;
	const struct ipv6hdr *ip;
	enum peek_parsed parsed;
	__u32 stated;
	__u8 protocol;

	if (!direct && !peek_fits(cur, sizeof(*ip)))
		return PEEK_PARSED;
	ip = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!ip)
		return PEEK_UNREADABLE;
	if (ip->version != 6)
		return PEEK_PARSED;
	pkt->has_ip = 1;
	__builtin_memcpy(&pkt->src, &ip->saddr, sizeof(pkt->src));
	__builtin_memcpy(&pkt->dst, &ip->daddr, sizeof(pkt->dst));
	stated = bpf_ntohs(ip->payload_len);
	protocol = ip->nexthdr;
	peek_limit_to_packet(cur, kind, direct, stated ? sizeof(*ip) + stated : 0);
	cur->off += sizeof(*ip);
	parsed = peek_skip_extensions(cur, kind, direct, pkt, !stated, &protocol);
	if (parsed != PEEK_PARSED)
		return parsed;
	return peek_parse_transport(cur, kind, direct, pkt, protocol);
}

#endif /* PEEK_BPF_PARSE_H */
