/* SPDX-License-Identifier: GPL-2.0 */
/* The link layer, and the two ways to parse a whole frame. */
#ifndef PEEK_BPF_FRAME_H
#define PEEK_BPF_FRAME_H

#include "parse.h"

struct peek_vlan_tag {
	__be16 tci_be;
	__be16 next_be;
};

/* Leaves the EtherType behind all tags in *ethertype_be, PEEK_NO_ETHERTYPE when there is none. */
static __always_inline enum peek_parsed
peek_skip_vlan_tags(struct peek_cursor *cur, const enum peek_kind kind, const _Bool direct,
		    struct peek_packet *pkt, __be16 *ethertype_be)
{
	const int limit = direct ? PEEK_NEAR_VLAN_TAGS : PEEK_MAX_VLAN_TAGS;

	for (int i = 0; i < limit && peek_opens_vlan_tag(bpf_ntohs(*ethertype_be)); i++) {
		struct peek_vlan_tag copy;
		const struct peek_vlan_tag *tag;

		*ethertype_be = bpf_htons(PEEK_NO_ETHERTYPE);
		if (!direct && !peek_fits(cur, sizeof(*tag)))
			return PEEK_PARSED;
		tag = peek_header(cur, kind, direct, &copy, sizeof(copy));
		if (!tag)
			return PEEK_UNREADABLE;
		cur->off += sizeof(*tag);
		*ethertype_be = tag->next_be;
	}
	if (!peek_opens_vlan_tag(bpf_ntohs(*ethertype_be)))
		return PEEK_PARSED;
	pkt->too_deep = 1;
	return direct ? PEEK_PARSE_FAR : PEEK_PARSED;
}

static __always_inline enum peek_parsed
peek_parse_ethernet(struct peek_cursor *cur, const enum peek_kind kind, const _Bool direct,
		    struct peek_packet *pkt, __be16 *ethertype_be)
{
	struct ethhdr copy;
	const struct ethhdr *eth;

	if (!direct && !peek_fits(cur, sizeof(*eth)))
		return PEEK_PARSED;
	eth = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!eth)
		return PEEK_UNREADABLE;
	cur->off += sizeof(*eth);
	*ethertype_be = eth->h_proto;
	return peek_skip_vlan_tags(cur, kind, direct, pkt, ethertype_be);
}

/* Raw IP: the version nibble says what it is. skb->protocol would too, but anyone who injects a
 * frame chooses it. */
static __always_inline enum peek_parsed peek_parse_raw(struct peek_cursor *cur,
						       const enum peek_kind kind,
						       const _Bool direct, __be16 *ethertype_be)
{
	const __u8 *first;
	__u8 copy;

	if (!direct && !peek_fits(cur, 1))
		return PEEK_PARSED;
	first = peek_header(cur, kind, direct, &copy, sizeof(copy));
	if (!first)
		return PEEK_UNREADABLE;
	if (*first >> 4 == 4)
		*ethertype_be = bpf_htons(PEEK_ETH_IPV4);
	if (*first >> 4 == 6)
		*ethertype_be = bpf_htons(PEEK_ETH_IPV6);
	return PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_frame(struct peek_cursor *cur,
							 const enum peek_kind kind,
							 const _Bool direct, __u32 link_type,
							 struct peek_packet *pkt)
{
	enum peek_parsed parsed;
	__be16 ethertype_be = bpf_htons(PEEK_NO_ETHERTYPE);

	__builtin_memset(pkt, 0, sizeof(*pkt));
	if (link_type == PEEK_LINK_RAW_IP)
		parsed = peek_parse_raw(cur, kind, direct, &ethertype_be);
	else
		parsed = peek_parse_ethernet(cur, kind, direct, pkt, &ethertype_be);
	if (parsed != PEEK_PARSED)
		return parsed;
	if (ethertype_be == bpf_htons(PEEK_ETH_IPV4))
		return peek_parse_ipv4(cur, kind, direct, pkt);
	if (ethertype_be == bpf_htons(PEEK_ETH_IPV6))
		return peek_parse_ipv6(cur, kind, direct, pkt);
	pkt->tunnel = peek_ether_type_is_opened(bpf_ntohs(ethertype_be));
	return PEEK_PARSED;
}

static __always_inline enum peek_parsed peek_parse_near(void *ctx, const enum peek_kind kind,
							__u32 link_type, struct peek_packet *pkt)
{
	struct peek_cursor cur = {
		.ctx = ctx,
		.data = peek_data(ctx, kind),
		.data_end = peek_data_end(ctx, kind),
	};

	return peek_parse_frame(&cur, kind, 1, link_type, pkt);
}

static __always_inline enum peek_parsed peek_parse_far(void *ctx, const enum peek_kind kind,
						       __u32 link_type, struct peek_packet *pkt)
{
	struct peek_cursor cur = {
		.ctx = ctx,
		.end = peek_frame_len(ctx, kind),
	};

	return peek_parse_frame(&cur, kind, 0, link_type, pkt);
}

__noinline int peek_far_xdp(struct xdp_md *ctx, __u32 link_type, struct peek_packet *pkt)
{
	return pkt ? peek_parse_far(ctx, PEEK_XDP, link_type, pkt) : PEEK_PARSE_FAILED;
}

__noinline int peek_far_tc(struct __sk_buff *skb, __u32 link_type, struct peek_packet *pkt)
{
	return pkt ? peek_parse_far(skb, PEEK_TC, link_type, pkt) : PEEK_PARSE_FAILED;
}

static __always_inline enum peek_parsed peek_parse(void *ctx, const enum peek_kind kind,
						   __u32 link_type, struct peek_packet *pkt)
{
	enum peek_parsed parsed = peek_parse_near(ctx, kind, link_type, pkt);

	if (peek_likely(parsed != PEEK_PARSE_FAR))
		return parsed;
	return kind == PEEK_XDP ? peek_far_xdp(ctx, link_type, pkt)
				: peek_far_tc(ctx, link_type, pkt);
}

#endif /* PEEK_BPF_FRAME_H */
