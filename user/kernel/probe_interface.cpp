// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/probe_interface.h"

#include <bpf/libbpf.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "kernel/netlink.h"
#include "kernel/owner.h"
#include "kernel/tc_hook.h"

namespace peek {

namespace {

using Where = ProgramOnInterface::Where;

// From linux/netdev.h of 6.3, which older headers lack.
constexpr uint8_t kNetdevDevGet = 1;
constexpr uint16_t kNetdevIfindex = 1;
constexpr uint16_t kNetdevXdpFeatures = 3;

// The ioctls of one interface. Needs no capability for what is asked here.
class Ethtool {
  public:
    explicit Ethtool(const std::string& name)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        name.copy(request_.ifr_name, sizeof request_.ifr_name - 1);
    }
    // `argument` begins with the command. False: not known for this device.
    template <typename T>
    bool ask(T& argument) {
        request_.ifr_data = reinterpret_cast<char*>(&argument);
        return ::ioctl(socket_.get(), SIOCETHTOOL, &request_) == 0;
    }
    std::optional<uint32_t> value(uint32_t command) {
        ethtool_value argument{.cmd = command, .data = 0};
        if (!ask(argument)) return std::nullopt;
        return argument.data;
    }
    bool is_up() {
        return ::ioctl(socket_.get(), SIOCGIFFLAGS, &request_) == 0 &&
               (request_.ifr_flags & IFF_UP) != 0;
    }

  private:
    Fd socket_;
    ifreq request_{};
};

void ask_ethtool(InterfaceFacts& facts) {
    Ethtool ethtool(facts.info.name);
    facts.up = ethtool.is_up();
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (ethtool.ask(driver)) facts.driver = driver.driver;
    if (const auto flags = ethtool.value(ETHTOOL_GFLAGS)) {
        facts.lro = (*flags & ETH_FLAG_LRO) != 0;
        facts.rx_vlan = (*flags & ETH_FLAG_RXVLAN) != 0;
    }
    if (const auto gro = ethtool.value(ETHTOOL_GGRO)) facts.gro = *gro != 0;
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    if (ethtool.ask(channels)) {
        facts.combined = channels.combined_count;
        facts.max_combined = channels.max_combined;
    }
}

std::optional<uint16_t> generic_family(Netlink& netlink, std::string_view name) {
    NetlinkRequest request(GENL_ID_CTRL, 0);
    request.fixed(genlmsghdr{CTRL_CMD_GETFAMILY, 1, 0}).attribute(CTRL_ATTR_FAMILY_NAME, name);
    std::optional<uint16_t> id;
    const auto asked = netlink.ask(std::move(request), [&](ByteSpan payload) {
        for_each_attribute(payload.subspan(sizeof(genlmsghdr)), [&](uint16_t type, ByteSpan value) {
            if (type == CTRL_ATTR_FAMILY_ID) id = static_cast<uint16_t>(attribute_number(value));
        });
    });
    return asked ? id : std::nullopt;
}

std::optional<uint64_t> ask_xdp_features(uint32_t ifindex) {
    auto netlink = Netlink::open(NETLINK_GENERIC);
    if (!netlink) return std::nullopt;
    const auto family = generic_family(*netlink, "netdev");
    if (!family) return std::nullopt;
    NetlinkRequest request(*family, 0);
    request.fixed(genlmsghdr{kNetdevDevGet, 1, 0}).attribute(kNetdevIfindex, ifindex);
    std::optional<uint64_t> features;
    const auto asked = netlink->ask(std::move(request), [&](ByteSpan payload) {
        for_each_attribute(payload.subspan(sizeof(genlmsghdr)), [&](uint16_t type, ByteSpan value) {
            if (type == kNetdevXdpFeatures) features = attribute_number(value);
        });
    });
    return asked ? features : std::nullopt;
}

ProgramOnInterface program_on(Where where, uint32_t id) {
    return {where, id, describe_program(id), is_our_program(id)};
}

void list_xdp(uint32_t ifindex, std::vector<ProgramOnInterface>& programs) {
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    if (bpf_xdp_query(static_cast<int>(ifindex), 0, &query) != 0) return;
    for (const uint32_t id : {query.drv_prog_id, query.skb_prog_id, query.hw_prog_id})
        if (id != 0) programs.push_back(program_on(Where::kXdp, id));
}

void list_tcx(uint32_t ifindex, std::vector<ProgramOnInterface>& programs) {
    for (const uint32_t id : tcx_programs(ifindex, PEEK_HOOK_INGRESS))
        programs.push_back(program_on(Where::kTcxIngress, id));
    for (const uint32_t id : tcx_programs(ifindex, PEEK_HOOK_EGRESS))
        programs.push_back(program_on(Where::kTcxEgress, id));
}

// The BPF program of one filter, if it is of that kind.
void take_filter(Where where, ByteSpan payload, std::vector<ProgramOnInterface>& programs) {
    if (payload.size() < sizeof(tcmsg)) return;
    uint32_t id = 0;
    const auto option = [&](uint16_t type, ByteSpan value) {
        if (type == TCA_BPF_ID) id = static_cast<uint32_t>(attribute_number(value));
    };
    std::string kind;
    for_each_attribute(payload.subspan(sizeof(tcmsg)), [&](uint16_t type, ByteSpan value) {
        if (type == TCA_KIND) kind = attribute_text(value);
        if (type == TCA_OPTIONS && kind == "bpf") for_each_attribute(value, option);
    });
    if (id != 0) programs.push_back(program_on(where, id));
}

void list_clsact(uint32_t ifindex, std::vector<ProgramOnInterface>& programs) {
    auto netlink = Netlink::open(NETLINK_ROUTE);
    if (!netlink) return;
    for (const auto& [where, minor] : {std::pair{Where::kClsactIngress, TC_H_MIN_INGRESS},
                                       std::pair{Where::kClsactEgress, TC_H_MIN_EGRESS}}) {
        tcmsg filter{};
        filter.tcm_family = AF_UNSPEC;
        filter.tcm_ifindex = static_cast<int>(ifindex);
        filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, minor);
        NetlinkRequest request(RTM_GETTFILTER, NLM_F_DUMP);
        request.fixed(filter);
        // An interface without a clsact qdisc answers with nothing or an error: both mean none.
        static_cast<void>(static_cast<bool>(netlink->ask(
            std::move(request),
            [&programs, at = where](ByteSpan payload) { take_filter(at, payload, programs); })));
    }
}

}  // namespace

// As their ndo_bpf handlers do it in Linux 6.1. A driver that is not listed may do so all the same.
bool resets_queues_on_xdp(std::string_view driver) {
    constexpr std::array<std::string_view, 13> kDrivers{
        "bnxt_en", "ena",       "i40e", "ice",   "igb",  "igc",   "ixgbe",
        "mlx4_en", "mlx5_core", "nfp",  "nicvf", "qede", "stmmac"};
    return std::find(kDrivers.begin(), kDrivers.end(), driver) != kDrivers.end();
}

Result<InterfaceFacts> probe_interface(const std::string& name) {
    auto info = find_interface(name);
    if (!info) return info.error();
    InterfaceFacts facts;
    facts.info = *info;
    facts.bond = std::filesystem::exists("/sys/class/net/" + name + "/bonding");
    ask_ethtool(facts);
    facts.xdp_features = ask_xdp_features(info->ifindex);
    list_xdp(info->ifindex, facts.programs);
    list_tcx(info->ifindex, facts.programs);
    list_clsact(info->ifindex, facts.programs);
    return facts;
}

}  // namespace peek
