// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/veth.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include "kernel/netlink.h"

namespace peek {

namespace {

NetlinkRequest veth_request(const std::string& one, const std::string& other) {
    NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    request.fixed(ifinfomsg{}).attribute(IFLA_IFNAME, one);
    const size_t info = request.open(IFLA_LINKINFO);
    request.attribute(IFLA_INFO_KIND, "veth");
    const size_t data = request.open(IFLA_INFO_DATA);
    const size_t peer = request.open(VETH_INFO_PEER);
    request.fixed(ifinfomsg{}).attribute(IFLA_IFNAME, other);
    request.close(peer);
    request.close(data);
    request.close(info);
    return request;
}

// A message of its own: the driver refuses an end that is up before it has a peer (ENOTCONN).
NetlinkRequest up_request(const std::string& name) {
    ifinfomsg up{};
    up.ifi_flags = IFF_UP;
    up.ifi_change = IFF_UP;
    NetlinkRequest request(RTM_NEWLINK, 0);
    request.fixed(up).attribute(IFLA_IFNAME, name);
    return request;
}

}  // namespace

Result<void> make_veth_pair(const std::string& one, const std::string& other) {
    auto netlink = Netlink::open(NETLINK_ROUTE);
    if (!netlink) return netlink.error();
    if (auto made = netlink->ask(veth_request(one, other)); !made)
        return Error{"making a veth pair: " + made.error().text + " (try `modprobe veth`)",
                     ErrorKind::kFailed, made.error().errnum};
    for (const std::string& name : {one, other})
        if (auto up = netlink->ask(up_request(name)); !up)
            return Error{"setting " + name + " up: " + up.error().text};
    return {};
}

}  // namespace peek
