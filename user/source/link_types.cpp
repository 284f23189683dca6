// SPDX-License-Identifier: BSD-2-Clause
#include "source/link_types.h"

#include <pcap/pcap.h>

#include <array>

namespace peek {
namespace {

struct Row {
    uint32_t number;
    LinkType link;
    int dlt;
};
// Raw IP and RFC 1483 have had several numbers, each the DLT_ of some system.
constexpr std::array<Row, 21> kRows{{
    {0, LinkType::kNullHost, DLT_NULL},
    {1, LinkType::kEthernet, DLT_EN10MB},
    {9, LinkType::kPpp, DLT_PPP},
    {11, LinkType::kLlc, DLT_ATM_RFC1483},
    {12, LinkType::kRawIp, DLT_RAW},
    {14, LinkType::kRawIp, DLT_RAW},
    {50, LinkType::kPppSerial, DLT_PPP_SERIAL},
    {51, LinkType::kPppoe, DLT_PPP_ETHER},
    {100, LinkType::kLlc, DLT_ATM_RFC1483},
    {101, LinkType::kRawIp, DLT_RAW},
    {104, LinkType::kCiscoHdlc, DLT_C_HDLC},
    {105, LinkType::kIeee80211, DLT_IEEE802_11},
    {108, LinkType::kNullNetwork, DLT_LOOP},
    {113, LinkType::kLinuxCooked, DLT_LINUX_SLL},
    {127, LinkType::kRadiotap, DLT_IEEE802_11_RADIO},
    {166, LinkType::kPppDirection, DLT_PPP_PPPD},
    {204, LinkType::kPppDirection, DLT_PPP_WITH_DIR},
    {228, LinkType::kRawIp, DLT_RAW},
    {229, LinkType::kRawIp, DLT_RAW},
    {239, LinkType::kNflog, DLT_NFLOG},
    {276, LinkType::kLinuxCooked2, DLT_LINUX_SLL2},
}};

}  // namespace

std::optional<LinkType> link_type_of(uint32_t number) {
    for (const Row& row : kRows)
        if (row.number == number) return row.link;
    return std::nullopt;
}

std::string link_type_text(uint32_t number) {
    const char* name = pcap_datalink_val_to_name(static_cast<int>(number));
    return std::string(name ? name : "unknown") + " (" + std::to_string(number) + ")";
}

std::string unsupported_link_text(const std::string& link_type) {
    return "link type " + link_type +
           " is not supported; supported are Ethernet, Linux cooked capture v1 and v2, raw IP, BSD "
           "loopback (NULL, LOOP), IEEE 802.11 with and without radiotap, PPP, PPPoE, Cisco HDLC, "
           "NFLOG and RFC 1483 (LLC/SNAP)";
}

int dlt_of(uint32_t number) {
    for (const Row& row : kRows)
        if (row.number == number) return row.dlt;
    return static_cast<int>(number);
}

}  // namespace peek
