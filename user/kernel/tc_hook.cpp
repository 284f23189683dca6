// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/tc_hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <array>
#include <cerrno>

#include "kernel/libbpf_log.h"

namespace peek {

namespace {

// Values of the kernel's UAPI (linux/bpf.h of 6.6), which Debian 12's headers lack.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);
constexpr __u32 kBefore = 1U << 3;  // BPF_F_BEFORE without a reference: in front of all

constexpr __u32 kPriority = 1;         // clsact runs filters by ascending priority
constexpr __u32 kHandle = 0x7065656b;  // "peek": ours among the filters of that priority

bpf_attach_type tcx_point(peek_hook hook) {
    return hook == PEEK_HOOK_INGRESS ? kTcxIngress : kTcxEgress;
}

bpf_tc_hook clsact_hook(uint32_t ifindex, peek_hook hook) {
    bpf_tc_hook h{};
    h.sz = sizeof h;
    h.ifindex = static_cast<int>(ifindex);
    h.attach_point = hook == PEEK_HOOK_INGRESS ? BPF_TC_INGRESS : BPF_TC_EGRESS;
    return h;
}

bpf_tc_opts our_filter() {
    bpf_tc_opts opts{};
    opts.sz = sizeof opts;
    opts.handle = kHandle;
    opts.priority = kPriority;
    return opts;
}

}  // namespace

bool has_tcx(uint32_t ifindex) {
    __u32 count = 0;
    return bpf_prog_query(static_cast<int>(ifindex), kTcxEgress, 0, nullptr, nullptr, &count) == 0;
}

std::vector<uint32_t> tcx_programs(uint32_t ifindex, peek_hook hook) {
    std::array<__u32, 64> ids{};  // the kernel allows 63 programs on a tcx hook
    __u32 count = ids.size();
    if (bpf_prog_query(static_cast<int>(ifindex), tcx_point(hook), 0, nullptr, ids.data(),
                       &count) != 0)
        return {};
    return {ids.begin(), ids.begin() + count};
}

Result<Fd> attach_tcx(int prog_fd, uint32_t ifindex, peek_hook hook) {
    LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = kBefore);
    Fd link(bpf_link_create(prog_fd, static_cast<int>(ifindex), tcx_point(hook), &opts));
    if (!link) return system_error("attaching to tcx", errno);
    return link;
}

std::optional<uint32_t> clsact_filter(uint32_t ifindex, peek_hook hook) {
    bpf_tc_hook h = clsact_hook(ifindex, hook);
    bpf_tc_opts opts = our_filter();
    const LibbpfLog log;  // "no such qdisc" is an answer, not a message for the user
    if (bpf_tc_query(&h, &opts) != 0) return std::nullopt;
    return opts.prog_id;
}

Result<void> attach_clsact(int prog_fd, uint32_t ifindex, peek_hook hook) {
    bpf_tc_hook h = clsact_hook(ifindex, hook);
    const LibbpfLog log;
    int error = bpf_tc_hook_create(&h);
    if (error != 0 && error != -EEXIST)
        return Error{system_error("creating the clsact qdisc", -error).text + log.tail()};
    bpf_tc_opts opts = our_filter();
    opts.prog_fd = prog_fd;
    error = bpf_tc_attach(&h, &opts);
    if (error != 0)
        return Error{system_error("attaching the clsact filter", -error).text + log.tail()};
    return {};
}

Result<void> detach_clsact(uint32_t ifindex, peek_hook hook) {
    bpf_tc_hook h = clsact_hook(ifindex, hook);
    bpf_tc_opts opts = our_filter();
    const LibbpfLog log;
    const int error = bpf_tc_detach(&h, &opts);
    if (error != 0) return system_error("removing the clsact filter", -error);
    return {};
}

}  // namespace peek
