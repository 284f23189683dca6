// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/attach.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "kernel/owner.h"
#include "kernel/promiscuous.h"
#include "kernel/tc_hook.h"

namespace peek {

namespace {

constexpr std::array kHooks{PEEK_HOOK_INGRESS, PEEK_HOOK_EGRESS};

bool is_ours(const std::string& name) {
    return name.starts_with("peek_");
}

Error already_monitored(const InterfaceInfo& interface, std::string_view key, uint32_t id) {
    std::string text = interface.name + ": already monitored by peek-xdp";
    if (const auto owner = find_bpf_owner(key, id))
        text += " (pid " + std::to_string(owner->pid) + ")";
    return {text + "; end it first with `peek-xdp detach " + interface.name + "`"};
}

// We do not join libxdp's dispatcher: it stays on the interface when we die, runs us only after
// what others decided, and is exchanged as a whole whenever one of its programs changes.
std::string what_it_is(const InterfaceInfo& interface, const std::string& name) {
    if (name != "xdp_dispatcher") return {};
    return ", libxdp's dispatcher (`xdp-loader status " + interface.name +
           "` lists the programs behind it)";
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

Result<void> check_tcx_free(const InterfaceInfo& interface) {
    for (const peek_hook hook : kHooks)
        for (const uint32_t id : tcx_programs(interface.ifindex, hook))
            if (is_our_program(id)) return already_monitored(interface, "prog_id", id);
    return {};
}

// The map that the stub jumps through is what a living controller holds on to.
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

// Id of the map of a stub that a living controller holds; nothing when there is no stub of ours.
// A dead one's stub is removed on the way.
Result<std::optional<uint32_t>> living_stub(const InterfaceInfo& interface, peek_hook hook,
                                            int& removed) {
    const auto filter = clsact_filter(interface.ifindex, hook);
    if (!filter || !is_ours(program_name(*filter))) return std::optional<uint32_t>{};
    const auto map = stub_map(*filter);
    if (map && find_bpf_owner("map_id", *map)) return map;
    auto detached = detach_clsact(interface.ifindex, hook);
    if (!detached) return detached.error();
    removed++;
    return std::optional<uint32_t>{};
}

Result<void> check_clsact_free(const InterfaceInfo& interface) {
    int removed = 0;
    for (const peek_hook hook : kHooks) {
        auto map = living_stub(interface, hook, removed);
        if (!map) return map.error();
        if (*map) return already_monitored(interface, "map_id", **map);
    }
    return {};
}

// A link outlives its interface, and a forced detach, as one to interface 0.
bool link_holds(const Fd& link) {
    bpf_link_info info{};
    __u32 size = sizeof info;
    // The index stands at the same place for XDP and tcx, which older headers do not know.
    return bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 && info.xdp.ifindex != 0;
}

std::string native_refusal(const InterfaceInfo& interface, int errnum) {
    std::string text = std::string("the driver refused native XDP (") + std::strerror(errnum) + ")";
    std::error_code ec;
    size_t queues = 0;
    for (const auto& q :
         std::filesystem::directory_iterator("/sys/class/net/" + interface.name + "/queues", ec))
        queues += q.path().filename().string().starts_with("tx-") ? 1 : 0;
    return text + "; probable causes: no native support in the driver, MTU " +
           std::to_string(interface.mtu) + " too large for it, LRO on, too few queues (" +
           std::to_string(queues) + " tx)";
}

}  // namespace

struct Attachment::State {
    State(KernelProgram& p, const AttachRequest& r) : program(p), interface(r.interface) {}
    ~State();

    Result<void> check_free(AttachMode wanted) const;
    Result<void> attach_ingress(AttachMode wanted);
    Result<bool> attach_xdp(AttachMode wanted);
    Result<void> attach_tc(peek_hook hook);

    KernelProgram& program;
    InterfaceInfo interface;
    std::array<Fd, PEEK_HOOK_COUNT> links;
    std::array<bool, PEEK_HOOK_COUNT> clsact{};
    std::array<std::string, PEEK_HOOK_COUNT> modes{"off", "off"};
    std::string fallback_reason;
    std::optional<PromiscuousMode> promiscuous;
};

Attachment::State::~State() {
    for (const peek_hook hook : kHooks) {
        // An explicit detach is immediate; closing the descriptor may leave it to a work queue.
        if (links[hook]) bpf_link_detach(links[hook].get());
        if (clsact[hook])
            static_cast<void>(static_cast<bool>(detach_clsact(interface.ifindex, hook)));
    }
}

Result<void> Attachment::State::check_free(AttachMode wanted) const {
    if (auto free = check_clsact_free(interface); !free) return free;
    if (auto free = check_tcx_free(interface); !free) return free;
    if (wanted == AttachMode::kTc) return {};
    return check_xdp_free(interface);
}

// False: the driver does not do native XDP and tc is to be tried.
Result<bool> Attachment::State::attach_xdp(AttachMode wanted) {
    const bool generic = wanted == AttachMode::kGeneric;
    LIBBPF_OPTS(bpf_link_create_opts, opts,
                .flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
    links[PEEK_HOOK_INGRESS].reset(bpf_link_create(program.program_fd(ProgramKind::kXdpIngress),
                                                   static_cast<int>(interface.ifindex), BPF_XDP,
                                                   &opts));
    if (links[PEEK_HOOK_INGRESS]) {
        modes[PEEK_HOOK_INGRESS] = generic ? "XDP generic" : "XDP native";
        return true;
    }
    const int errnum = errno;
    if (errnum == EBUSY || errnum == EEXIST)
        return Error{interface.name + ": another XDP program was attached just now; try again"};
    if (generic) return system_error(interface.name + ": attaching generic XDP", errnum);
    fallback_reason = native_refusal(interface, errnum);
    if (wanted == AttachMode::kNative)
        return Error{interface.name + ": " + fallback_reason + ". --mode tc works without it"};
    return false;
}

Result<void> Attachment::State::attach_tc(peek_hook hook) {
    const int prog = program.program_fd(hook == PEEK_HOOK_INGRESS ? ProgramKind::kTcIngress
                                                                  : ProgramKind::kTcEgress);
    if (has_tcx(interface.ifindex)) {
        auto link = attach_tcx(prog, interface.ifindex, hook);
        if (!link) return Error{interface.name + ": " + link.error().text};
        links[hook] = std::move(*link);
        modes[hook] = "tc (tcx)";
        return {};
    }
    const __u32 key = hook;
    if (bpf_map_update_elem(program.stub_array_fd(), &key, &prog, BPF_ANY) != 0)
        return system_error(interface.name + ": arming the clsact stub", errno);
    auto attached = attach_clsact(program.stub_fd(hook), interface.ifindex, hook);
    if (!attached) return Error{interface.name + ": " + attached.error().text};
    clsact[hook] = true;
    modes[hook] = "tc (clsact)";
    return {};
}

Result<void> Attachment::State::attach_ingress(AttachMode wanted) {
    // Drivers of raw IP devices hand XDP frames with a link header of their own making.
    const bool raw = interface.link == PEEK_LINK_RAW_IP;
    if (raw && (wanted == AttachMode::kNative || wanted == AttachMode::kGeneric))
        return usage_error(interface.name + ": XDP needs Ethernet frames; use --mode tc here");
    // A bond runs the program on its ports, whose frames would not be known as the bond's.
    const bool bond = std::filesystem::exists("/sys/class/net/" + interface.name + "/bonding");
    if (bond && wanted == AttachMode::kNative)
        return usage_error(interface.name +
                           ": native XDP on a bond is not supported; attach to its "
                           "ports, or use --mode tc");
    if (bond) fallback_reason = "a bond is monitored at tc";
    if (wanted != AttachMode::kTc && !raw && !bond) {
        auto attached = attach_xdp(wanted);
        if (!attached) return attached.error();
        if (*attached) return {};
    }
    return attach_tc(PEEK_HOOK_INGRESS);
}

Attachment::Attachment(std::unique_ptr<State> state) : state_(std::move(state)) {}
Attachment::~Attachment() = default;

Result<std::unique_ptr<Attachment>> Attachment::attach(KernelProgram& program,
                                                       const AttachRequest& request) {
    auto state = std::make_unique<State>(program, request);
    if (auto free = state->check_free(request.ingress ? request.mode : AttachMode::kTc); !free)
        return free.error();
    if (request.promiscuous && request.interface.link == PEEK_LINK_ETHERNET) {
        auto membership = PromiscuousMode::join(request.interface);
        if (!membership) return membership.error();
        state->promiscuous = std::move(*membership);
    }
    if (request.egress)
        if (auto attached = state->attach_tc(PEEK_HOOK_EGRESS); !attached) return attached.error();
    if (request.ingress)
        if (auto attached = state->attach_ingress(request.mode); !attached) return attached.error();
    return std::unique_ptr<Attachment>(new Attachment(std::move(state)));
}

const InterfaceInfo& Attachment::interface() const {
    return state_->interface;
}
bool Attachment::has(peek_hook hook) const {
    return state_->modes[hook] != "off";
}
const std::string& Attachment::mode(peek_hook hook) const {
    return state_->modes[hook];
}
bool Attachment::alive() const {
    for (const peek_hook hook : kHooks) {
        if (state_->links[hook] && !link_holds(state_->links[hook])) return false;
        if (state_->clsact[hook]) {
            const auto filter = clsact_filter(state_->interface.ifindex, hook);
            if (filter != program_id(state_->program.stub_fd(hook))) return false;
        }
    }
    return true;
}
const std::string& Attachment::fallback_reason() const {
    return state_->fallback_reason;
}

Result<int> remove_stale_stubs(const InterfaceInfo& interface) {
    int removed = 0;
    for (const peek_hook hook : kHooks) {
        auto map = living_stub(interface, hook, removed);
        if (!map) return map.error();
    }
    return removed;
}

}  // namespace peek
