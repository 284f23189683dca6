/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody else's programs: one that bears the name of libxdp's dispatcher, and a tc program that
 * drops everything. */
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

char LICENSE[] SEC("license") = "BSD";
