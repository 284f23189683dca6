/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody else's tc program: it passes everything. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("tc")
int tc_pass(struct __sk_buff* skb) {
    (void)skb;
    return -1; /* TC_ACT_UNSPEC: the next filter, if any */
}

char LICENSE[] SEC("license") = "GPL";
