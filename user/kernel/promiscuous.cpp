// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/promiscuous.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "util/fd.h"

namespace peek {

namespace {

// One for the process: making it needs CAP_NET_RAW, memberships need nothing more.
Fd& socket_fd() {
    static Fd fd;
    return fd;
}

int change_membership(int change, uint32_t ifindex) {
    packet_mreq request{};
    request.mr_ifindex = static_cast<int>(ifindex);
    request.mr_type = PACKET_MR_PROMISC;
    return ::setsockopt(socket_fd().get(), SOL_PACKET, change, &request, sizeof request);
}

}  // namespace

Result<void> PromiscuousMode::prepare() {
    if (socket_fd()) return {};
    // Protocol 0: the socket holds memberships and receives nothing.
    socket_fd().reset(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!socket_fd()) return system_error("socket(AF_PACKET) for promiscuous mode", errno);
    return {};
}

Result<PromiscuousMode> PromiscuousMode::join(const InterfaceInfo& interface) {
    if (auto prepared = prepare(); !prepared) return prepared.error();
    if (change_membership(PACKET_ADD_MEMBERSHIP, interface.ifindex) != 0)
        return system_error(interface.name + ": promiscuous mode (--no-promisc does without)",
                            errno);
    return PromiscuousMode(interface.ifindex);
}

PromiscuousMode::PromiscuousMode(PromiscuousMode&& other) noexcept
    : ifindex_(std::exchange(other.ifindex_, 0)) {}

PromiscuousMode& PromiscuousMode::operator=(PromiscuousMode&& other) noexcept {
    std::swap(ifindex_, other.ifindex_);
    return *this;
}

// Of an interface that is gone the kernel has forgotten the membership: nothing to do then.
PromiscuousMode::~PromiscuousMode() {
    if (ifindex_ != 0) change_membership(PACKET_DROP_MEMBERSHIP, ifindex_);
}

}  // namespace peek
