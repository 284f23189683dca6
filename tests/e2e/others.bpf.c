/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody else's programs: one that bears the name of libxdp's dispatcher, and tc programs that
 * drop everything, hand it to the stack past all programs behind them, or leave it to these. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_dispatcher(struct xdp_md* ctx) {
    (void)ctx;
    return XDP_PASS;
}

SEC("tc")
int other_drop(struct __sk_buff* skb) {
    (void)skb;
    return TC_ACT_SHOT;
}

SEC("tc")
int other_accept(struct __sk_buff* skb) {
    (void)skb;
    return TC_ACT_OK;
}

SEC("tc")
int other_next(struct __sk_buff* skb) {
    (void)skb;
    return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "BSD";
