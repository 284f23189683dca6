// SPDX-License-Identifier: BSD-2-Clause
// hold_program IFACE xdp|tcx-ingress|tcx-egress first|last OBJECT PROGRAM: somebody else's program
// on an interface, attached by a link that this process holds until it is ended. Says "ready".
// Status 77 where the kernel has no such hook.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

// Values of Linux 6.6's uapi/linux/bpf.h; older headers lack the names.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);
constexpr __u32 kBefore = 1U << 3;
constexpr __u32 kAfter = 1U << 4;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

int load(const char* file, const char* name) {
    bpf_object* object = bpf_object__open(file);
    if (object == nullptr || bpf_object__load(object) != 0) die(file);
    bpf_program* program = bpf_object__find_program_by_name(object, name);
    if (program == nullptr) die(name);
    return bpf_program__fd(program);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: hold_program IFACE xdp|tcx-ingress|tcx-egress first|last OBJ PROG\n",
                   stderr);
        return 2;
    }
    const std::string_view hook = argv[2];
    LIBBPF_OPTS(bpf_link_create_opts, opts);
    if (hook != "xdp") opts.flags = std::string_view(argv[3]) == "first" ? kBefore : kAfter;
    const bpf_attach_type type = hook == "xdp"           ? BPF_XDP
                                 : hook == "tcx-ingress" ? kTcxIngress
                                                         : kTcxEgress;
    const int ifindex = static_cast<int>(if_nametoindex(argv[1]));
    if (bpf_link_create(load(argv[4], argv[5]), ifindex, type, &opts) < 0) {
        if (errno == EINVAL && hook != "xdp") return 77;
        die("bpf_link_create");
    }
    std::puts("ready");
    std::fflush(stdout);
    ::pause();
    return 0;
}
