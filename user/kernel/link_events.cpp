// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/link_events.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace peek {

namespace {

// Of the kernel's UAPI since 4.16; only in the farewell of an interface that changes its namespace.
bool has_new_namespace(const nlmsghdr* message) {
    const auto* link = static_cast<const ifinfomsg*>(NLMSG_DATA(message));
    auto rest = static_cast<int>(IFLA_PAYLOAD(message));
    for (const rtattr* a = IFLA_RTA(link); RTA_OK(a, rest); a = RTA_NEXT(a, rest))
        if (a->rta_type == IFLA_NEW_NETNSID || a->rta_type == IFLA_NEW_IFINDEX) return true;
    return false;
}

void note(Farewells& farewells, const nlmsghdr* message) {
    if (message->nlmsg_type != RTM_DELLINK) return;
    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg))) return;
    const auto* link = static_cast<const ifinfomsg*>(NLMSG_DATA(message));
    // A bridge says AF_BRIDGE of a port that leaves it.
    if (link->ifi_family != AF_UNSPEC) return;
    auto& left = has_new_namespace(message) ? farewells.moved : farewells.removed;
    left.push_back(static_cast<uint32_t>(link->ifi_index));
}

}  // namespace

Result<LinkEvents> LinkEvents::open() {
    Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    if (!fd) return system_error("socket(NETLINK_ROUTE) for interface events", errno);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return system_error("subscribing to interface events", errno);
    return LinkEvents(std::move(fd));
}

Farewells LinkEvents::take() {
    Farewells farewells;
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    while (true) {
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && (errno == EINTR || errno == ENOBUFS)) continue;
        if (size <= 0) return farewells;
        auto rest = static_cast<unsigned>(size);
        for (auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
             NLMSG_OK(message, rest); message = NLMSG_NEXT(message, rest))
            note(farewells, message);
    }
}

}  // namespace peek
