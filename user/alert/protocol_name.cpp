// SPDX-License-Identifier: BSD-2-Clause
#include "alert/protocol_name.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace peek {

namespace {

struct Name {
    uint8_t number;
    std::string_view text;
};

constexpr std::array kProtocols{
    Name{IPPROTO_HOPOPTS, "HOPOPT"},
    Name{IPPROTO_ICMP, "ICMP"},
    Name{IPPROTO_IGMP, "IGMP"},
    Name{IPPROTO_IPIP, "IP-in-IP"},
    Name{IPPROTO_TCP, "TCP"},
    Name{IPPROTO_UDP, "UDP"},
    Name{IPPROTO_DCCP, "DCCP"},
    Name{IPPROTO_IPV6, "IPv6"},
    Name{IPPROTO_ROUTING, "IPv6-Route"},
    Name{IPPROTO_FRAGMENT, "IPv6-Frag"},
    Name{IPPROTO_RSVP, "RSVP"},
    Name{IPPROTO_GRE, "GRE"},
    Name{IPPROTO_ESP, "ESP"},
    Name{IPPROTO_AH, "AH"},
    Name{IPPROTO_ICMPV6, "IPv6-ICMP"},
    Name{IPPROTO_NONE, "IPv6-NoNxt"},
    Name{IPPROTO_DSTOPTS, "IPv6-Opts"},
    Name{88, "EIGRP"},
    Name{89, "OSPF"},
    Name{97, "ETHERIP"},
    Name{IPPROTO_PIM, "PIM"},
    Name{108, "IPComp"},
    Name{112, "VRRP"},
    Name{115, "L2TP"},
    Name{IPPROTO_SCTP, "SCTP"},
    Name{135, "Mobility"},
    Name{136, "UDPLite"},
    Name{137, "MPLS-in-IP"},
    Name{139, "HIP"},
    Name{140, "Shim6"},
};

}  // namespace

std::string protocol_name(uint8_t protocol) {
    const auto* const found =
        std::find_if(kProtocols.begin(), kProtocols.end(),
                     [=](const Name& name) { return name.number == protocol; });
    return found == kProtocols.end() ? std::to_string(protocol) : std::string(found->text);
}

}  // namespace peek
