// SPDX-License-Identifier: BSD-2-Clause
// The checks of one interface.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "app/doctor.h"

namespace peek {

namespace {

using Where = ProgramOnInterface::Where;

std::string attach_tc(const InterfaceFacts& facts) {
    return fmt::format("peek-xdp attach {} --mode tc", facts.info.name);
}

std::string driver_name(const InterfaceFacts& facts) {
    return facts.driver.empty() ? "(unnamed)" : facts.driver;
}

Check check_link(const InterfaceFacts& facts) {
    const bool raw = facts.info.link == PEEK_LINK_RAW_IP;
    return Check::ok("interface",
                     fmt::format("{}: {}, MTU {}, driver {}", facts.info.name,
                                 raw ? "raw IP" : "Ethernet", facts.info.mtu, driver_name(facts)));
}

Check check_up(const InterfaceFacts& facts) {
    if (facts.up) return Check::ok("up", "the interface is up");
    return Check::warning("up", "the interface is down: nothing is seen",
                          fmt::format("ip link set {} up", facts.info.name));
}

// ---- Native XDP: each condition that a driver is known to refuse it for. ----

// Above this a frame of one page does not fit, and drivers want programs that know fragments
// (ours do) and the ability to run them.
constexpr uint32_t kOnePageMtu = 3498;

std::string native_obstacle(const InterfaceFacts& facts, std::string& remedy) {
    const std::string& name = facts.info.name;
    if (facts.xdp_features && (*facts.xdp_features & kXdpActBasic) == 0)
        return fmt::format("driver {} has no native XDP", driver_name(facts));
    if (facts.lro.value_or(false)) {
        remedy = fmt::format("ethtool -K {} lro off", name);
        return "LRO is on";
    }
    if (facts.info.mtu > kOnePageMtu && facts.xdp_features &&
        (*facts.xdp_features & kXdpActRxSg) == 0) {
        remedy = fmt::format("ip link set {} mtu {}", name, kOnePageMtu);
        return fmt::format("MTU {} without fragments in the driver", facts.info.mtu);
    }
    // ena_netdev.h: a sending queue more for each pair.
    if (facts.driver == "ena" && facts.combined * 2 > facts.max_combined) {
        remedy = fmt::format("ethtool -L {} combined {}", name, facts.max_combined / 2);
        return fmt::format("{} of {} queues in use, XDP needs as many again", facts.combined,
                           facts.max_combined);
    }
    // bnxt_xdp.c: "rx/tx channels must be combined".
    if (facts.driver == "bnxt_en" && facts.combined == 0) {
        remedy = fmt::format("ethtool -L {} rx 0 tx 0 combined 1", name);
        return "receiving and sending queues are separate";
    }
    return "";
}

Check check_native(const InterfaceFacts& facts) {
    if (facts.info.link == PEEK_LINK_RAW_IP) return Check::ok("mode", "tc: raw IP has no XDP");
    if (facts.bond) return Check::ok("mode", "tc: a bond is monitored at tc");
    std::string remedy = attach_tc(facts);
    const std::string obstacle = native_obstacle(facts, remedy);
    if (!obstacle.empty())
        return Check::warning("mode", obstacle + ": native XDP is refused, attach falls back to tc",
                              remedy);
    const std::string queues =
        facts.max_combined == 0
            ? ""
            : fmt::format(", {} of {} queues", facts.combined, facts.max_combined);
    if (!facts.xdp_features)
        return Check::ok("mode",
                         "native XDP or tc: the kernel does not say what the driver can" + queues);
    const bool frags = (*facts.xdp_features & kXdpActRxSg) != 0;
    return Check::ok("mode", fmt::format("native XDP{}{}", frags ? " with fragments" : "", queues));
}

Check check_reset(const InterfaceFacts& facts) {
    if (resets_queues_on_xdp(facts.driver))
        return Check::warning(
            "attaching",
            fmt::format("driver {} resets its queues when XDP is attached: a moment's "
                        "frames are lost",
                        facts.driver),
            attach_tc(facts));
    return Check::ok("attaching",
                     fmt::format("no reset of queues is known of driver {}", driver_name(facts)));
}

// ---- Programs of others ----

std::string_view where_text(Where where) {
    constexpr std::array<std::string_view, 5> kTexts{"XDP", "tcx ingress", "tcx egress",
                                                     "clsact ingress", "clsact egress"};
    return kTexts[static_cast<size_t>(where)];
}

Check check_xdp_program(const InterfaceFacts& facts) {
    for (const ProgramOnInterface& program : facts.programs) {
        if (program.where != Where::kXdp || program.ours) continue;
        return Check::failure(
            "xdp", fmt::format("occupied by {}: XDP takes one program", program.description),
            fmt::format("{}, or ip link set {} xdp off", attach_tc(facts), facts.info.name));
    }
    return Check::ok("xdp", "no other program");
}

Check check_tc_programs(const InterfaceFacts& facts) {
    std::string list;
    for (const ProgramOnInterface& program : facts.programs)
        if (program.where != Where::kXdp && !program.ours)
            list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", where_text(program.where),
                                program.description);
    return Check::ok("tc programs", list.empty() ? "no other program" : list + "; they stay");
}

Check check_monitored(const InterfaceFacts& facts) {
    for (const ProgramOnInterface& program : facts.programs)
        if (program.ours)
            return Check::failure(
                "monitor", fmt::format("already monitored by peek-xdp: {}", program.description),
                fmt::format(
                    "peek-xdp detach {} (with the --pin=DIR that it was attached with, if any)",
                    facts.info.name));
    return Check::ok("monitor", "not monitored yet");
}

// ---- Offloads that hide something ----

Check check_vlan(const InterfaceFacts& facts) {
    if (!facts.rx_vlan.value_or(false)) return Check::ok("vlan tags", "stay in the frame");
    return Check::warning("vlan tags", "the NIC strips them: native XDP records lack `vlan`",
                          fmt::format("ethtool -K {} rxvlan off, or --mode tc", facts.info.name));
}

Check check_merging(const InterfaceFacts& facts) {
    if (facts.lro.value_or(false))
        return Check::warning("merging", "LRO merges segments and loses their headers",
                              fmt::format("ethtool -K {} lro off", facts.info.name));
    return Check::ok("merging",
                     facts.gro.value_or(false)
                         ? "GRO: at tc a merged packet is one packet; XDP sees each frame"
                         : "off");
}

}  // namespace

std::vector<Check> check_interface(const InterfaceFacts& facts) {
    return {check_link(facts),        check_up(facts),    check_monitored(facts),
            check_native(facts),      check_reset(facts), check_xdp_program(facts),
            check_tc_programs(facts), check_vlan(facts),  check_merging(facts)};
}

}  // namespace peek
