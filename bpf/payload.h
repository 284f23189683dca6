/* SPDX-License-Identifier: GPL-2.0 */
/* Which payload families want to see a packet. */
#ifndef PEEK_BPF_PAYLOAD_H
#define PEEK_BPF_PAYLOAD_H

#include "context.h"
#include "maps.h"
#include "parse.h"

static __always_inline _Bool peek_on_dns_port(const struct peek_packet *pkt,
					      const struct peek_config *cfg)
{
	for (__u32 i = 0; i < PEEK_MAX_DNS_PORTS; i++) {
		if (i >= cfg->dns_port_count)
			break;
		if (pkt->src_port == cfg->dns_ports[i] || pkt->dst_port == cfg->dns_ports[i])
			return 1;
	}
	return 0;
}

enum { PEEK_REQUEST_BYTES = 16 };

/* RFC 9110 §5.6.2: tchar is any VCHAR but delimiters. One bit a character. */
static __always_inline _Bool peek_is_tchar(__u8 c)
{
	const __u64 low = 0x03ff6cfa00000000ULL;  /* ! # $ % & ' * + - . 0-9 */
	const __u64 high = 0x57ffffffc7fffffeULL; /* A-Z ^ _ ` a-z | ~ */

	return c < 128 && ((c < 64 ? low : high) >> (c % 64) & 1);
}

static __always_inline _Bool peek_begins_with_token(const __u8 *bytes)
{
	for (int i = 0; i < PEEK_REQUEST_BYTES; i++) {
		if (bytes[i] == ' ')
			return i > 0;
		if (!peek_is_tchar(bytes[i]))
			return 0;
	}
	return 1; /* a method longer than what is looked at */
}

/* Whether a payload may begin with `token SP`. What cannot be read may. */
static __always_inline _Bool peek_may_be_request(void *ctx, const enum peek_kind kind, __u32 off,
						 __u32 len)
{
	__u8 bytes[PEEK_REQUEST_BYTES];

	if (len >= PEEK_REQUEST_BYTES) {
		if (peek_load(ctx, kind, off, bytes, PEEK_REQUEST_BYTES))
			return 1;
		return peek_begins_with_token(bytes);
	}
	if (peek_load(ctx, kind, off, bytes, 1))
		return 1;
	return peek_is_tchar(bytes[0]);
}

__noinline int peek_request_xdp(struct xdp_md *ctx, __u32 off, __u32 len)
{
	return peek_may_be_request(ctx, PEEK_XDP, off, len);
}

__noinline int peek_request_tc(struct __sk_buff *skb, __u32 off, __u32 len)
{
	return peek_may_be_request(skb, PEEK_TC, off, len);
}

static __always_inline _Bool peek_is_request(void *ctx, const enum peek_kind kind,
					     const struct peek_packet *pkt)
{
	if (pkt->protocol != IPPROTO_TCP)
		return 0;
	return kind == PEEK_XDP ? peek_request_xdp(ctx, pkt->payload_off, pkt->payload_len)
				: peek_request_tc(ctx, pkt->payload_off, pkt->payload_len);
}

#endif /* PEEK_BPF_PAYLOAD_H */
