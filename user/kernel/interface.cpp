// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/interface.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "util/fd.h"

namespace peek {

namespace {

// From linux/if_arp.h, which conflicts with net/if.h.
constexpr unsigned kArphrdRawIp = 519;

struct LinkName {
    unsigned arphrd;
    std::string_view name;
};

// The link types a user is likely to meet and we do not parse.
constexpr std::array kUnsupported{
    LinkName{ARPHRD_INFINIBAND, "InfiniBand"},
    LinkName{ARPHRD_IEEE80211, "IEEE 802.11"},
    LinkName{ARPHRD_IEEE80211_PRISM, "Prism"},
    LinkName{ARPHRD_IEEE80211_RADIOTAP, "radiotap"},
    LinkName{ARPHRD_IEEE802154, "IEEE 802.15.4"},
    LinkName{ARPHRD_TUNNEL, "IP-in-IP tunnel"},
    LinkName{ARPHRD_TUNNEL6, "IPv6 tunnel"},
    LinkName{ARPHRD_SIT, "6in4 tunnel"},
    LinkName{ARPHRD_IPGRE, "GRE tunnel"},
    LinkName{ARPHRD_CAN, "CAN bus"},
    LinkName{ARPHRD_SLIP, "SLIP"},
};

std::string link_name(unsigned arphrd) {
    for (const LinkName& link : kUnsupported)
        if (link.arphrd == arphrd) return std::string(link.name);
    return "ARPHRD";
}

Result<peek_link_type> link_type(const std::string& name, unsigned arphrd) {
    switch (arphrd) {
        case ARPHRD_ETHER:
        case ARPHRD_LOOPBACK:
            return PEEK_LINK_ETHERNET;
        case ARPHRD_NONE:  // tun, wireguard
        case ARPHRD_PPP:
        case kArphrdRawIp:
            return PEEK_LINK_RAW_IP;
        default:
            return usage_error(name + ": link type " + link_name(arphrd) + " (" +
                               std::to_string(arphrd) +
                               ") is not supported; Ethernet and raw IP (tun, wireguard, ppp) are");
    }
}

}  // namespace

Result<InterfaceInfo> find_interface(const std::string& name) {
    ifreq request{};
    if (name.empty() || name.size() >= sizeof request.ifr_name)
        return usage_error(name + ": not an interface name");
    std::memcpy(request.ifr_name, name.data(), name.size());
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return system_error("socket", errno);

    InterfaceInfo info{.name = name};
    if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) {
        if (errno == ENODEV) return usage_error(name + ": no such interface here (see `ip link`)");
        return system_error(name + ": SIOCGIFINDEX", errno);
    }
    info.ifindex = static_cast<uint32_t>(request.ifr_ifindex);
    if (::ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0)
        return system_error(name + ": SIOCGIFHWADDR", errno);
    auto link = link_type(name, request.ifr_hwaddr.sa_family);
    if (!link) return link.error();
    info.link = *link;
    if (::ioctl(socket.get(), SIOCGIFMTU, &request) != 0)
        return system_error(name + ": SIOCGIFMTU", errno);
    info.mtu = static_cast<uint32_t>(request.ifr_mtu);
    return info;
}

std::optional<LinkState> link_state(uint32_t ifindex) {
    ifreq request{};
    request.ifr_ifindex = static_cast<int>(ifindex);
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket || ::ioctl(socket.get(), SIOCGIFNAME, &request) != 0) return std::nullopt;
    LinkState state{.name = request.ifr_name, .up = false};
    if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return std::nullopt;
    state.up = (request.ifr_flags & IFF_UP) != 0;
    return state;
}

std::string driver_name(const std::string& name) {
    std::error_code ec;
    return std::filesystem::read_symlink("/sys/class/net/" + name + "/device/driver", ec)
        .filename();
}

uint64_t drops_before_hook(const std::string& name) {
    uint64_t total = 0;
    for (const char* counter : {"rx_dropped", "rx_missed_errors", "rx_fifo_errors"}) {
        std::ifstream in("/sys/class/net/" + name + "/statistics/" + counter);
        uint64_t value = 0;
        if (in >> value) total += value;
    }
    return total;
}

}  // namespace peek
