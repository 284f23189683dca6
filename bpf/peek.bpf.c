/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs: one for XDP, one for each direction of tc, and the two stubs that clsact filters
 * consist of. All of them let every packet go on untouched, whatever they find.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include <peek/abi.h>

#include "judge.h"

char LICENSE[] SEC("license") = "GPL";

/* Compared by the controller before it attaches anything. */
const volatile __u32 peek_abi_version = PEEK_ABI_VERSION;

SEC("xdp.frags")
int peek_xdp(struct xdp_md *ctx)
{
	peek_judge(ctx, PEEK_XDP, PEEK_HOOK_INGRESS);
	return XDP_PASS;
}

SEC("tc")
int peek_tc_ingress(struct __sk_buff *skb)
{
	peek_judge(skb, PEEK_TC, PEEK_HOOK_INGRESS);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int peek_tc_egress(struct __sk_buff *skb)
{
	peek_judge(skb, PEEK_TC, PEEK_HOOK_EGRESS);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int peek_stub_in(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &peek_stub, PEEK_HOOK_INGRESS);
	peek_count_uncontrolled(skb, PEEK_HOOK_INGRESS);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int peek_stub_out(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &peek_stub, PEEK_HOOK_EGRESS);
	peek_count_uncontrolled(skb, PEEK_HOOK_EGRESS);
	return TC_ACT_UNSPEC;
}
