// SPDX-License-Identifier: BSD-2-Clause
#include "app/monitored_interfaces.h"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>

#include "app/clock.h"
#include "app/messages.h"
#include "app/takeover.h"
#include "kernel/probe_interface.h"

namespace peek {

namespace {

using State = MonitoredInterfaces::State;
using Interface = MonitoredInterfaces::Interface;

bool exists(const std::string& name) {
    return ::if_nametoindex(name.c_str()) != 0;
}

bool contains(const std::vector<uint32_t>& indices, uint32_t ifindex) {
    return std::find(indices.begin(), indices.end(), ifindex) != indices.end();
}

// Detached on request is for good; everything else may come back.
bool may_come(const Interface& interface) {
    return interface.state != State::kAttached && interface.state != State::kDetached;
}

std::string attached_line(const InterfaceInfo& info, const Attachment& a) {
    std::string text = fmt::format("{}: ingress {}, egress {}", info.name,
                                   a.mode(PEEK_HOOK_INGRESS), a.mode(PEEK_HOOK_EGRESS));
    if (!a.fallback_reason().empty()) text += "; " + a.fallback_reason();
    const std::string driver = driver_name(info.name);
    if (a.attached(PEEK_HOOK_INGRESS) == PEEK_ATTACHED_XDP_NATIVE && resets_queues_on_xdp(driver))
        text += "; driver " + driver +
                " resets its queues when XDP comes and goes: a moment without traffic, which "
                "--mode tc avoids";
    return text;
}

std::string what_became(const Interface& interface, State state) {
    switch (state) {
        case State::kMoved:
            return interface.name + ": the interface was moved to another network namespace";
        case State::kStripped:
            return interface.name + ": somebody else removed our programs from the interface";
        default:
            return interface.name + ": the interface vanished";
    }
}

}  // namespace

std::string_view state_name(State state) {
    constexpr std::array<std::string_view, 6> kNames{"waiting", "attached", "vanished",
                                                     "moved",   "stripped", "detached"};
    return kNames.at(static_cast<size_t>(state));
}

MonitoredInterfaces::MonitoredInterfaces(const AttachOptions& options, KernelProgram& program,
                                         LiveInspection& inspection, const PinDirectory* pins)
    : options_(options), program_(program), inspection_(inspection), pins_(pins) {}

Result<void> MonitoredInterfaces::attach_all() {
    forget_gone();
    for (const AttachTarget& target : options_.targets) {
        const unsigned ifindex = ::if_nametoindex(target.interface.c_str());
        // Targets that name one interface twice (by direction, or by an alternative name) are one.
        const auto same = std::find_if(list_.begin(), list_.end(), [&](const Interface& i) {
            return i.target.interface == target.interface || (ifindex != 0 && i.ifindex == ifindex);
        });
        if (same != list_.end()) {
            same->target.ingress |= target.ingress;
            same->target.egress |= target.egress;
            continue;
        }
        Interface& interface = list_.emplace_back();
        interface.target = target;
        interface.name = target.interface;
        interface.ifindex = ifindex;
    }
    for (Interface& interface : list_) {
        recall(interface);
        if (interface.ifindex == 0 && options_.wait) {
            say(interface.name + ": no such interface yet; waiting for it");
            continue;
        }
        auto info = find_interface(interface.target.interface);
        if (!info) return info.error();
        if (auto attached = attach(interface, *info); !attached) return attached;
    }
    return {};
}

Result<uint32_t> MonitoredInterfaces::slot_for(const Interface& interface,
                                               const InterfaceInfo& info) {
    if (!interface.slot) return program_.add_interface(info.ifindex, info.link);
    if (program_.slot_of(info.ifindex) != interface.slot)
        program_.reuse_interface(*interface.slot, info.ifindex, info.link);
    return *interface.slot;
}

// What vanished, or went into another namespace with our programs on it, while no controller ran.
void MonitoredInterfaces::forget_gone() const {
    if (pins_ == nullptr || !pins_->in_force()) return;
    for (uint32_t slot = 0; slot < PEEK_MAX_INTERFACES; slot++) {
        peek_pinned_interface& pinned = program_.manifest().interfaces[slot];
        if (pinned.ifindex == 0 || link_state(pinned.ifindex)) continue;
        remove_pinned_hooks(*pins_, slot);
        program_.forget_interface(slot);
        pinned.ifindex = 0;
        warn(pinned_name(pinned) + ": the interface went away while no controller ran");
    }
}

// The slot that the interface, or the one before it of that name, had under an earlier controller.
void MonitoredInterfaces::recall(Interface& interface) const {
    if (pins_ == nullptr || !pins_->in_force()) return;
    if (interface.ifindex != 0) interface.slot = program_.slot_of(interface.ifindex);
    const peek_manifest& manifest = program_.manifest();
    for (uint32_t slot = 0; slot < PEEK_MAX_INTERFACES && !interface.slot; slot++)
        if (pinned_name(manifest.interfaces[slot]) == interface.target.interface)
            interface.slot = slot;
    if (!interface.slot) return;
    for (const peek_hook hook : kHooks)
        interface.hooks[hook] =
            manifest.interfaces[*interface.slot].attached[hook] != PEEK_ATTACHED_NOT;
}

// For the controller after this one.
void MonitoredInterfaces::note(const Interface& interface) const {
    peek_pinned_interface pinned{};
    std::copy_n(interface.kernel_name.data(),
                std::min(interface.kernel_name.size(), sizeof pinned.name - 1), pinned.name);
    peek_pinned_interface& noted = program_.manifest().interfaces[*interface.slot];
    pinned.ifindex = interface.attachment ? interface.ifindex : 0;
    for (const peek_hook hook : kHooks) {
        pinned.attached[hook] = noted.attached[hook];
        if (interface.attachment) pinned.attached[hook] = interface.attachment->attached(hook);
    }
    noted = pinned;
}

void MonitoredInterfaces::drop(Interface& interface) {
    if (!interface.attachment) return;
    interface.attachment->set_stays(false);
    interface.attachment.reset();
    note(interface);
}

Result<void> MonitoredInterfaces::attach(Interface& interface, const InterfaceInfo& info) {
    auto slot = slot_for(interface, info);
    if (!slot) return slot.error();
    inspection_.set_interface(*slot, info.ifindex, info.name);
    auto attachment = Attachment::attach(program_, {.interface = info,
                                                    .slot = *slot,
                                                    .ingress = interface.target.ingress,
                                                    .egress = interface.target.egress,
                                                    .mode = options_.mode,
                                                    .promiscuous = options_.promiscuous,
                                                    .pins = pins_});
    const auto guard = lock();
    interface.slot = *slot;
    if (!attachment) {
        program_.forget_interface(*slot);
        return attachment.error();
    }
    const Attachment& a = **attachment;
    say(attached_line(info, a), info.name);
    const LinkState link = link_state(info.ifindex).value_or(LinkState{info.name, false});
    interface.name = info.name;
    interface.kernel_name = link.name;
    interface.ifindex = info.ifindex;
    interface.up = link.up;
    interface.state = State::kAttached;
    interface.refusal.clear();
    interface.missed_since = Nanoseconds{0};
    interface.next_try = Nanoseconds{0};
    interface.drops_at_attach = drops_before_hook(link.name);
    for (const peek_hook hook : kHooks) {
        interface.hooks[hook] |= a.has(hook);
        interface.modes[hook] = a.mode(hook);
    }
    interface.attachment = std::move(*attachment);
    if (stays_) interface.attachment->set_stays(true);
    note(interface);
    return {};
}

void MonitoredInterfaces::follow(const Farewells& farewells) {
    for (Interface& interface : list_) {
        if (interface.state == State::kAttached) check(interface, farewells);
        if (options_.wait && may_come(interface)) try_to_attach(interface);
    }
}

void MonitoredInterfaces::check(Interface& interface, const Farewells& farewells) {
    // In this order: of an interface that is being removed, hooks go after the name.
    const bool alive = interface.attachment->alive();
    const auto link = link_state(interface.ifindex);
    if (contains(farewells.moved, interface.ifindex)) return leave(interface, State::kMoved);
    if (contains(farewells.removed, interface.ifindex)) return leave(interface, State::kVanished);
    if (!link) return look_for(interface, alive);
    if (!alive) return leave(interface, State::kStripped);
    const auto guard = lock();
    if (link->name != interface.kernel_name) {
        say(fmt::format("{}: the interface is now called {}", interface.name, link->name),
            link->name);
        interface.name = interface.kernel_name = link->name;
        inspection_.rename_interface(*interface.slot, link->name);
        note(interface);
    }
    if (link->up != interface.up)
        say(fmt::format("{}: the interface was set {}", interface.name, link->up ? "up" : "down"),
            interface.name);
    interface.up = link->up;
}

// The farewell comes after the interface can no longer be found, or never, when events came faster
// than they were read. Programs that are alive went with the interface into another namespace.
void MonitoredInterfaces::look_for(Interface& interface, bool alive) {
    constexpr Nanoseconds kPatience = std::chrono::seconds(2);
    const Nanoseconds now = monotonic();
    if (interface.missed_since == Nanoseconds{0}) interface.missed_since = now;
    if (now - interface.missed_since >= kPatience)
        leave(interface, alive ? State::kMoved : State::kVanished);
}

void MonitoredInterfaces::leave(Interface& interface, State state) {
    const auto guard = lock();
    drop(interface);
    program_.forget_interface(*interface.slot);
    interface.state = state;
    interface.up = false;
    warn(what_became(interface, state) + "; its counters are kept" +
             (options_.wait ? ". Waiting for " + interface.target.interface : ""),
         interface.name);
}

// A refusal is said once. To try again costs a look through /proc.
void MonitoredInterfaces::try_to_attach(Interface& interface) {
    constexpr Nanoseconds kPause = std::chrono::seconds(5);
    const Nanoseconds now = monotonic();
    if (!exists(interface.target.interface) || now < interface.next_try) return;
    interface.next_try = now + kPause;
    auto info = find_interface(interface.target.interface);
    auto attached = info ? attach(interface, *info) : Result<void>(info.error());
    if (attached || attached.error().text == interface.refusal) return;
    interface.refusal = attached.error().text;
    warn(interface.refusal + ". Still waiting for " + interface.target.interface);
}

Interface* MonitoredInterfaces::attached(const std::string& name) {
    const auto found = std::find_if(list_.begin(), list_.end(), [&](const Interface& i) {
        return (i.name == name || i.kernel_name == name) && i.state == State::kAttached;
    });
    return found == list_.end() ? nullptr : &*found;
}

Result<void> MonitoredInterfaces::detach(const std::vector<std::string>& names) {
    std::vector<Interface*> chosen;
    for (const std::string& name : names) {
        Interface* interface = attached(name);
        const auto waiting = std::find_if(list_.begin(), list_.end(), [&](const Interface& i) {
            return options_.wait && may_come(i) && i.target.interface == name;
        });
        if (interface == nullptr && waiting != list_.end()) interface = &*waiting;
        if (interface == nullptr) return usage_error(name + ": not monitored by this monitor");
        chosen.push_back(interface);
    }
    const auto guard = lock();
    for (Interface* interface : chosen) {
        drop(*interface);
        interface->state = State::kDetached;
    }
    return {};
}

void MonitoredInterfaces::detach_all() {
    const auto guard = lock();
    for (Interface& interface : list_) {
        if (interface.state == State::kAttached) interface.state = State::kDetached;
        drop(interface);
    }
}

void MonitoredInterfaces::stay_attached() {
    stays_ = true;
    for (const Interface& interface : list_)
        if (interface.attachment) interface.attachment->set_stays(true);
}

bool MonitoredInterfaces::any_left() const {
    return std::any_of(list_.begin(), list_.end(), [this](const Interface& i) {
        return i.state == State::kAttached || (options_.wait && may_come(i));
    });
}

std::optional<Error> MonitoredInterfaces::lost() const {
    if (any_left()) return std::nullopt;
    std::string text;
    for (const Interface& i : list_)
        if (may_come(i)) text += what_became(i, i.state) + "; ";
    if (text.empty()) return std::nullopt;
    return Error{text + "nothing is left to monitor (with --wait, attach waits for interfaces)"};
}

}  // namespace peek
