/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody else's XDP program: it passes everything. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_pass(struct xdp_md* ctx) {
    (void)ctx;
    return XDP_PASS;
}

char LICENSE[] SEC("license") = "BSD";
