// SPDX-License-Identifier: BSD-2-Clause
// list_programs IFACE: the XDP and tcx programs on an interface, one "HOOK NAME" a line. (bpftool
// of Debian 12 does not know tcx.)
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <net/if.h>

#include <array>
#include <cstdio>
#include <string>

#include "util/fd.h"

namespace {

// enum bpf_attach_type of Linux 6.6; older headers lack the names.
constexpr auto kTcxIngress = static_cast<bpf_attach_type>(46);
constexpr auto kTcxEgress = static_cast<bpf_attach_type>(47);

std::string name_of(__u32 id) {
    const peek::Fd fd(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    __u32 size = sizeof info;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &size) != 0) return "?";
    return info.name;
}

void list_xdp(int ifindex) {
    __u32 id = 0;
    if (bpf_xdp_query_id(ifindex, 0, &id) == 0 && id != 0)
        std::printf("xdp %s\n", name_of(id).c_str());
}

void list_tcx(int ifindex, bpf_attach_type hook, const char* label) {
    std::array<__u32, 64> ids{};
    __u32 count = ids.size();
    if (bpf_prog_query(ifindex, hook, 0, nullptr, ids.data(), &count) != 0) return;
    for (__u32 i = 0; i < count; ++i) std::printf("%s %s\n", label, name_of(ids[i]).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    const int ifindex = argc == 2 ? static_cast<int>(if_nametoindex(argv[1])) : 0;
    if (ifindex == 0) {
        std::fputs("usage: list_programs IFACE\n", stderr);
        return 2;
    }
    list_xdp(ifindex);
    list_tcx(ifindex, kTcxIngress, "tcx-ingress");
    list_tcx(ifindex, kTcxEgress, "tcx-egress");
    return 0;
}
