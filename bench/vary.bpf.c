/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands in front of the measured program: gives every run of BPF_PROG_TEST_RUN, which repeats one
 * frame, other addresses and ports, and then jumps. With the pass programs behind it, it is the
 * baseline.
 */
// Before libbpf's header, which uses its types.
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>

char LICENSE[] SEC("license") = "GPL";

/* Where the programs jump to. Key 0. Written by kernel_bench. An array serves one program type. */
struct {
    __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u32);
} next_xdp SEC(".maps"), next_tc SEC(".maps");

/* Written by kernel_bench: how many address pairs and destination ports there are. */
struct variety {
    __u32 pairs;
    __u32 ports;
    __u32 run;
    __u32 reserved;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct variety);
} variety SEC(".maps");

/* Random (SplitMix64's finalizer), odd, and not in 240.0.0.0/4: no rule of the benchmark matches.
 */
static __always_inline __be32 address(__u64 x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return bpf_htonl((__u32)(x >> 32 | 1) & ~0x10000000U);
}

static __always_inline void vary(void* data, void* data_end) {
    struct iphdr* ip = data + sizeof(struct ethhdr);
    struct tcphdr* tcp = (void*)(ip + 1);
    __u32 key = 0;
    struct variety* v = bpf_map_lookup_elem(&variety, &key);
    __u32 run, pair;

    if (!v || (void*)(tcp + 1) > data_end) return;
    run = v->run++;
    pair = run % v->pairs;
    ip->saddr = address(pair + 1);
    ip->daddr = address(~(__u64)pair);
    tcp->dest = bpf_htons(80 + run / v->pairs % v->ports);
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
