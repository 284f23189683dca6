/* SPDX-License-Identifier: BSD-2-Clause */
/* A VLAN tag, id 100, put beside the frame: as a VLAN device does where the NIC inserts tags, and a
 * receiving NIC that strips them. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int push_vlan(struct __sk_buff* skb) {
    return bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 100) == 0 ? TC_ACT_OK : TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
