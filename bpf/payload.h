/* SPDX-License-Identifier: GPL-2.0 */
/* Which payload families want to see a packet. */
#ifndef PEEK_BPF_PAYLOAD_H
#define PEEK_BPF_PAYLOAD_H

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

/* TCP segments are followed as streams, in user space: whatever they begin with, a request, a
 * message or a string may begin, go on or end in them. */
static __always_inline __u32 peek_payload_families(const struct peek_packet *pkt, __u32 on)
{
	__u32 families = PEEK_FAMILY_SIGNATURE;

	if (pkt->protocol == IPPROTO_TCP)
		families |= PEEK_FAMILY_URL;
	return on & families;
}

#endif /* PEEK_BPF_PAYLOAD_H */
