// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "kernel/capabilities.h"
#include "kernel/libbpf_log.h"
#include "kernel/program.h"
#include "kernel/tc_hook.h"

namespace peek {

namespace {

constexpr uint32_t kLoopback = 1;  // its index in every network namespace

// 0: it worked. EPERM is no answer to what the kernel can do.
Probe probed(int errnum) {
    if (errnum == 0) return {Probe::Found::kYes, 0};
    return {errnum == EPERM || errnum == EACCES ? Probe::Found::kUnknown : Probe::Found::kNo,
            errnum};
}

std::string kernel_release() {
    utsname name{};
    return ::uname(&name) == 0 ? name.release : "unknown";
}

Probe probe_jit() {
    const bpf_insn pass[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    const Fd program(bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "peek_probe", "GPL", pass,
                                   std::size(pass), nullptr));
    if (!program) return probed(errno);
    bpf_prog_info info{};
    __u32 size = sizeof info;
    if (bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) return probed(errno);
    return {info.jited_prog_len > 0 ? Probe::Found::kYes : Probe::Found::kNo, 0};
}

Probe probe_rings() {
    const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
    const Fd ring(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "peek_probe", 0, 0, page, nullptr));
    if (!ring) return probed(errno);
    LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = static_cast<__u32>(ring.get()));
    const Fd outer(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "peek_probe", 4, 4, 1, &opts));
    return probed(outer ? 0 : errno);
}

// A clsact qdisc can only be tried by making one: on the loopback device of a network namespace
// that ends with the thread.
Probe probe_clsact() {
    int errnum = 0;
    std::thread([&errnum] {
        if (::unshare(CLONE_NEWNET) != 0) {
            errnum = errno;
            return;
        }
        bpf_tc_hook hook{};
        hook.sz = sizeof hook;
        hook.ifindex = kLoopback;
        hook.attach_point = BPF_TC_INGRESS;
        const LibbpfLog log;
        errnum = -bpf_tc_hook_create(&hook);
    }).join();
    return probed(errnum);
}

Probe probe_bpffs() {
    struct statfs info {};
    if (::statfs("/sys/fs/bpf", &info) != 0) return {Probe::Found::kNo, errno};
    return {info.f_type == BPF_FS_MAGIC ? Probe::Found::kYes : Probe::Found::kNo, 0};
}

uint64_t memlock() {
    rlimit limit{};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    return limit.rlim_cur == RLIM_INFINITY ? ~uint64_t{0} : limit.rlim_cur;
}

}  // namespace

HostFacts probe_host() {
    HostFacts facts;
    facts.release = kernel_release();
    facts.btf = ::access("/sys/kernel/btf/vmlinux", R_OK) == 0 ? Probe{Probe::Found::kYes, 0}
                                                               : Probe{Probe::Found::kNo, errno};
    facts.missing = missing_capabilities();
    facts.net_raw = has_capability(CAP_NET_RAW);
    facts.memlock_bytes = memlock();
    facts.bpffs = probe_bpffs();
    facts.tcx = has_tcx(kLoopback) ? probed(0) : probed(errno);
    if (!facts.tcx.yes()) facts.clsact = probe_clsact();
    facts.jit = probe_jit();
    facts.rings = probe_rings();
    if (facts.missing.empty()) {
        auto program = KernelProgram::load({});
        facts.loads = program ? probed(0) : Probe{Probe::Found::kNo, program.error().errnum};
        if (!program) facts.load_error = program.error().text;
    }
    return facts;
}

}  // namespace peek
