// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "kernel/hook_check.h"
#include "kernel/owner.h"
#include "kernel/promiscuous.h"
#include "kernel/tc_hook.h"

namespace peek {

namespace {

std::string link_name(uint32_t slot, peek_hook hook) {
    return "link_" + std::to_string(slot) + (hook == PEEK_HOOK_INGRESS ? "_in" : "_out");
}

uint32_t map_id(int fd) {
    bpf_map_info info{};
    __u32 size = sizeof info;
    return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 ? info.id : 0;
}

bool is_xdp(const Fd& link) {
    bpf_link_info info{};
    __u32 size = sizeof info;
    return bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 && info.type == BPF_LINK_TYPE_XDP;
}

bool is_generic_xdp(const InterfaceInfo& interface) {
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    return bpf_xdp_query(static_cast<int>(interface.ifindex), 0, &query) == 0 &&
           query.attach_mode == XDP_ATTACHED_SKB;
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
    State(KernelProgram& p, const AttachRequest& r)
        : program(p), interface(r.interface), slot(r.slot), pins(r.pins) {}
    ~State();

    Result<void> check_free(bool xdp) const;
    Result<bool> adopt(peek_hook hook);
    Result<bool> adopt_clsact(peek_hook hook);
    Result<void> pin_link(peek_hook hook) const;
    void set_mode(peek_hook hook, peek_attached kind, std::string text);
    int tc_program(peek_hook hook) const;
    bool has(peek_hook hook) const { return how[hook] != PEEK_ATTACHED_NOT; }
    // Whether the filter there is still the one that is ours.
    bool has_stub(peek_hook hook) const {
        return stubs[hook] != 0 && clsact_filter(interface.ifindex, hook) == stubs[hook];
    }
    Result<void> attach_ingress(AttachMode wanted);
    Result<bool> attach_xdp(AttachMode wanted);
    Result<void> attach_tc(peek_hook hook);

    KernelProgram& program;
    InterfaceInfo interface;
    uint32_t slot;
    const PinDirectory* pins;
    bool stays = false;
    std::array<Fd, PEEK_HOOK_COUNT> links;
    std::array<uint32_t, PEEK_HOOK_COUNT> stubs{};  // program ids of clsact filters; 0: none
    std::array<Fd, PEEK_HOOK_COUNT> adopted_stubs;  // of an earlier controller's program
    std::array<peek_attached, PEEK_HOOK_COUNT> how{};
    std::array<std::string, PEEK_HOOK_COUNT> modes{"off", "off"};
    std::string fallback_reason;
    std::optional<PromiscuousMode> promiscuous;
};

Attachment::State::~State() {
    if (stays) return;
    for (const peek_hook hook : kHooks) {
        // An explicit detach is immediate; closing the descriptor may leave it to a work queue.
        if (links[hook]) bpf_link_detach(links[hook].get());
        if (links[hook] && pins != nullptr) pins->remove(link_name(slot, hook));
        if (has_stub(hook))
            static_cast<void>(static_cast<bool>(detach_clsact(interface.ifindex, hook)));
    }
}

// Of the hooks that were not adopted. What removes something comes last.
Result<void> Attachment::State::check_free(bool xdp) const {
    if (xdp && !has(PEEK_HOOK_INGRESS))
        if (auto free = check_xdp_free(interface); !free) return free;
    for (const peek_hook hook : kHooks) {
        if (has(hook)) continue;
        if (auto free = check_tcx_free(interface, hook); !free) return free;
        if (auto free = check_clsact_free(interface, hook); !free) return free;
    }
    return {};
}

void Attachment::State::set_mode(peek_hook hook, peek_attached kind, std::string text) {
    how[hook] = kind;
    modes[hook] = std::move(text);
}

int Attachment::State::tc_program(peek_hook hook) const {
    return program.program_fd(hook == PEEK_HOOK_INGRESS ? ProgramKind::kTcIngress
                                                        : ProgramKind::kTcEgress);
}

Result<void> Attachment::State::pin_link(peek_hook hook) const {
    if (pins == nullptr) return {};
    pins->remove(link_name(slot, hook));
    return pins->pin(links[hook].get(), link_name(slot, hook));
}

// Puts our program into what an earlier controller left there. False: there is nothing to adopt.
Result<bool> Attachment::State::adopt(peek_hook hook) {
    if (pins == nullptr || !pins->in_force()) return false;
    auto link = pins->get(link_name(slot, hook));
    if (!link || linked_ifindex(link->get()) != interface.ifindex) return adopt_clsact(hook);
    const bool xdp = is_xdp(*link);
    const int prog = xdp ? program.program_fd(ProgramKind::kXdpIngress) : tc_program(hook);
    if (bpf_link_update(link->get(), prog, nullptr) != 0)
        return system_error(interface.name + ": exchanging the pinned program", errno);
    links[hook] = std::move(*link);
    stays = true;
    if (!xdp)
        set_mode(hook, PEEK_ATTACHED_TC, "tc (tcx)");
    else if (is_generic_xdp(interface))
        set_mode(hook, PEEK_ATTACHED_XDP_GENERIC, "XDP generic");
    else
        set_mode(hook, PEEK_ATTACHED_XDP_NATIVE, "XDP native");
    return true;
}

Result<bool> Attachment::State::adopt_clsact(peek_hook hook) {
    const auto filter = clsact_filter(interface.ifindex, hook);
    if (!filter) return false;
    // Without CAP_SYS_ADMIN it cannot be told what is behind our priority and handle.
    const auto behind = stub_map(*filter);
    if (behind && *behind != map_id(program.stub_array_fd())) return false;
    const __u32 key = hook;
    const int prog = tc_program(hook);
    if (bpf_map_update_elem(program.stub_array_fd(), &key, &prog, BPF_ANY) != 0)
        return system_error(interface.name + ": exchanging the program behind the stub", errno);
    stubs[hook] = *filter;
    adopted_stubs[hook].reset(bpf_prog_get_fd_by_id(*filter));
    stays = true;
    set_mode(hook, PEEK_ATTACHED_TC, "tc (clsact)");
    return true;
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
        if (generic)
            set_mode(PEEK_HOOK_INGRESS, PEEK_ATTACHED_XDP_GENERIC, "XDP generic");
        else
            set_mode(PEEK_HOOK_INGRESS, PEEK_ATTACHED_XDP_NATIVE, "XDP native");
        if (auto pinned = pin_link(PEEK_HOOK_INGRESS); !pinned) return pinned.error();
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
    const int prog = tc_program(hook);
    if (has_tcx(interface.ifindex)) {
        auto link = attach_tcx(prog, interface.ifindex, hook);
        if (!link) return Error{interface.name + ": " + link.error().text};
        links[hook] = std::move(*link);
        set_mode(hook, PEEK_ATTACHED_TC, "tc (tcx)");
        return pin_link(hook);
    }
    const __u32 key = hook;
    if (bpf_map_update_elem(program.stub_array_fd(), &key, &prog, BPF_ANY) != 0)
        return system_error(interface.name + ": arming the clsact stub", errno);
    auto filter = attach_clsact(program.stub_fd(hook), interface.ifindex, hook);
    if (!filter) return Error{interface.name + ": " + filter.error().text};
    stubs[hook] = program_id(program.stub_fd(hook));
    set_mode(hook, PEEK_ATTACHED_TC, "tc (clsact)");
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
    const std::array<bool, PEEK_HOOK_COUNT> wanted{request.ingress, request.egress};
    for (const peek_hook hook : kHooks)
        if (wanted[hook])
            if (auto adopted = state->adopt(hook); !adopted) return adopted.error();
    if (auto free = state->check_free(request.ingress && request.mode != AttachMode::kTc); !free)
        return free.error();
    if (request.promiscuous && request.interface.link == PEEK_LINK_ETHERNET) {
        auto membership = PromiscuousMode::join(request.interface);
        if (!membership) return membership.error();
        state->promiscuous = std::move(*membership);
    }
    if (request.egress && !state->has(PEEK_HOOK_EGRESS))
        if (auto attached = state->attach_tc(PEEK_HOOK_EGRESS); !attached) return attached.error();
    if (request.ingress && !state->has(PEEK_HOOK_INGRESS))
        if (auto attached = state->attach_ingress(request.mode); !attached) return attached.error();
    return std::unique_ptr<Attachment>(new Attachment(std::move(state)));
}

const InterfaceInfo& Attachment::interface() const {
    return state_->interface;
}
bool Attachment::has(peek_hook hook) const {
    return state_->has(hook);
}
peek_attached Attachment::attached(peek_hook hook) const {
    return state_->how[hook];
}
void Attachment::set_stays(bool stays) {
    state_->stays = stays;
}
const std::string& Attachment::mode(peek_hook hook) const {
    return state_->modes[hook];
}
std::vector<uint32_t> Attachment::programs_in_front(peek_hook hook) const {
    const bool tcx = state_->how[hook] == PEEK_ATTACHED_TC && state_->stubs[hook] == 0;
    if (!tcx) return {};
    std::vector<uint32_t> ids = tcx_programs(state_->interface.ifindex, hook);
    ids.erase(std::find(ids.begin(), ids.end(), program_id(state_->tc_program(hook))), ids.end());
    return ids;
}
std::optional<ProgramStats> Attachment::stub_stats(peek_hook hook) const {
    if (state_->stubs[hook] == 0) return std::nullopt;
    const Fd& adopted = state_->adopted_stubs[hook];
    const int own = state_->program.stub_fd(hook);
    return program_stats(adopted ? adopted.get() : own);
}
bool Attachment::alive() const {
    for (const peek_hook hook : kHooks) {
        if (state_->links[hook] && linked_ifindex(state_->links[hook].get()) == 0) return false;
        if (state_->stubs[hook] != 0 && !state_->has_stub(hook)) return false;
    }
    return true;
}
const std::string& Attachment::fallback_reason() const {
    return state_->fallback_reason;
}

void remove_pinned_hooks(const PinDirectory& pins, uint32_t slot) {
    for (const peek_hook hook : kHooks) pins.remove(link_name(slot, hook));
}

}  // namespace peek
