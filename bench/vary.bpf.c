/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in front of the measured program: gives every run of BPF_PROG_TEST_RUN, which repeats one
 * frame, other addresses, and then jumps. With the pass programs behind it, it is the baseline.
 */
// Before libbpf's header, which uses its types.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>

char LICENSE[] SEC("license") = "GPL";

enum {
    ADDRESS_SETS = 4096
};

/* Where the programs jump to. Key 0. Written by kernel_bench. An array serves one program type. */
struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} next_xdp SEC(".maps"), next_tc SEC(".maps");

/* Writes one of ADDRESS_SETS pairs, the next on each call: the frame remembers in its IP id. */
static __always_inline void vary(void* data, void* data_end) {
    struct iphdr* ip = data + sizeof(struct ethhdr);
    __u32 i;

    if ((void*)(ip + 1) > data_end) return;
    i = (ip->id + 1) % ADDRESS_SETS;
    ip->id = i;
    ip->saddr = (i + 1) * 0x9e3779b1U;
    ip->daddr = (i + 1) * 0x85ebca6bU;
}

SEC("xdp.frags")
int vary_xdp(struct xdp_md* ctx) {
    vary((void*)(long)ctx->data, (void*)(long)ctx->data_end);
    bpf_tail_call(ctx, &next_xdp, 0);
    return XDP_ABORTED;
}

SEC("tc")
int vary_tc(struct __sk_buff* skb) {
    vary((void*)(long)skb->data, (void*)(long)skb->data_end);
    bpf_tail_call(skb, &next_tc, 0);
    return TC_ACT_SHOT;
}

SEC("xdp.frags")
int pass_xdp(struct xdp_md* ctx) {
    return XDP_PASS;
}

SEC("tc")
int pass_tc(struct __sk_buff* skb) {
    return TC_ACT_UNSPEC;
}
