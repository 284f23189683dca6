// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/hook_check.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "kernel/owner.h"
#include "kernel/tc_hook.h"
#include "util/fd.h"

namespace peek {

namespace {

Error already_monitored(const InterfaceInfo& interface, std::string_view key, uint32_t id) {
    std::string text = interface.name + ": already monitored by peek-xdp";
    const auto owner = find_bpf_owner(key, id);
    if (owner) text += " (pid " + std::to_string(owner->pid) + ")";
    text += "; end it first with `peek-xdp detach " + interface.name + "`";
    return {owner ? text : text + " (with the --pin=DIR that it was attached with, if any)"};
}

// We do not join libxdp's dispatcher: it stays on the interface when we die, runs us only after
// what others decided, and is exchanged as a whole whenever one of its programs changes.
std::string what_it_is(const InterfaceInfo& interface, const std::string& name) {
    if (name != "xdp_dispatcher") return {};
    return ", libxdp's dispatcher (`xdp-loader status " + interface.name +
           "` lists the programs behind it)";
}

bool is_armed(uint32_t map_id, peek_hook hook) {
    const Fd map(bpf_map_get_fd_by_id(map_id));
    const __u32 key = hook;
    __u32 program = 0;
    return map && bpf_map_lookup_elem(map.get(), &key, &program) == 0;
}

// Whether a process or a pin holds the array that a stub jumps through. The kernel empties it a
// moment after the last of them is gone, on a work queue.
bool is_in_use(uint32_t map_id, peek_hook hook) {
    constexpr int kLooks = 20;
    if (find_bpf_owner("map_id", map_id)) return true;
    for (int i = 0; i < kLooks; i++) {
        if (!is_armed(map_id, hook)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

// What a living controller holds of its stub, as find_bpf_owner() asks for it.
struct HeldObject {
    std::string_view key;
    uint32_t id;
};
using MaybeHeld = std::optional<HeldObject>;

// Nothing when there is no stub of ours. A dead controller's stub is removed on the way.
Result<MaybeHeld> living_stub(const InterfaceInfo& interface, peek_hook hook, int& removed) {
    const auto filter = clsact_filter(interface.ifindex, hook);
    if (!filter) return MaybeHeld{};
    const std::string name = program_name(*filter);
    if (name.empty()) {  // without CAP_SYS_ADMIN the handle says whose it is, and /proc if in use
        if (find_bpf_owner("prog_id", *filter)) return MaybeHeld{{"prog_id", *filter}};
    } else {
        if (!name.starts_with("peek_")) return MaybeHeld{};
        const auto map = stub_map(*filter);
        if (map && is_in_use(*map, hook)) return MaybeHeld{{"map_id", *map}};
    }
    auto detached = detach_clsact(interface.ifindex, hook);
    if (!detached) return detached.error();
    removed++;
    return MaybeHeld{};
}

}  // namespace

std::optional<uint32_t> stub_map(uint32_t prog_id) {
    const Fd fd(bpf_prog_get_fd_by_id(prog_id));
    std::array<__u32, 16> ids{};
    bpf_prog_info info{};
    info.nr_map_ids = ids.size();
    info.map_ids = reinterpret_cast<uintptr_t>(ids.data());
    __u32 size = sizeof info;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &size) != 0) return std::nullopt;
    for (uint32_t i = 0; i < info.nr_map_ids && i < ids.size(); i++) {
        const Fd map(bpf_map_get_fd_by_id(ids[i]));
        bpf_map_info map_info{};
        __u32 map_size = sizeof map_info;
        if (map && bpf_obj_get_info_by_fd(map.get(), &map_info, &map_size) == 0 &&
            map_info.type == BPF_MAP_TYPE_PROG_ARRAY)
            return ids[i];
    }
    return std::nullopt;
}

Result<void> check_xdp_free(const InterfaceInfo& interface) {
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    const int error = bpf_xdp_query(static_cast<int>(interface.ifindex), 0, &query);
    if (error != 0) return system_error(interface.name + ": asking for its XDP program", -error);
    if (query.attach_mode == XDP_ATTACHED_NONE) return {};
    uint32_t id = 0;  // native and generic ones may be there at once
    for (const uint32_t each :
         {query.prog_id, query.drv_prog_id, query.skb_prog_id, query.hw_prog_id})
        if (id == 0) id = each;
    if (is_our_program(id)) return already_monitored(interface, "prog_id", id);
    return Error{interface.name + ": another XDP program is attached: " + describe_program(id) +
                 what_it_is(interface, program_name(id)) +
                 "; it stays where it is. Remove it, or monitor beside it with --mode tc"};
}

Result<void> check_tcx_free(const InterfaceInfo& interface, peek_hook hook) {
    for (const uint32_t id : tcx_programs(interface.ifindex, hook))
        if (is_our_program(id)) return already_monitored(interface, "prog_id", id);
    return {};
}

Result<void> check_clsact_free(const InterfaceInfo& interface, peek_hook hook) {
    int removed = 0;
    auto held = living_stub(interface, hook, removed);
    if (!held) return held.error();
    if (*held) return already_monitored(interface, (*held)->key, (*held)->id);
    return {};
}

Result<int> remove_stale_stubs(const InterfaceInfo& interface) {
    int removed = 0;
    for (const peek_hook hook : {PEEK_HOOK_INGRESS, PEEK_HOOK_EGRESS}) {
        auto held = living_stub(interface, hook, removed);
        if (!held) return held.error();
    }
    return removed;
}

}  // namespace peek
