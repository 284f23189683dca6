// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "source/packet_source.h"

namespace peek {

// The number of a link type in capture files (https://www.tcpdump.org/linktypes.html), for writing
// one. Where several numbers mean the same to us, the common one.
constexpr uint16_t link_number(LinkType link) {
    switch (link) {
        case LinkType::kEthernet:
            return 1;
        case LinkType::kRawIp:
            return 101;
        case LinkType::kLinuxCooked:
            return 113;
        case LinkType::kLinuxCooked2:
            return 276;
        case LinkType::kNullHost:
            return 0;
        case LinkType::kNullNetwork:
            return 108;
        case LinkType::kIeee80211:
            return 105;
        case LinkType::kRadiotap:
            return 127;
        case LinkType::kPpp:
            return 9;
        case LinkType::kPppSerial:
            return 50;
        case LinkType::kCiscoHdlc:
            return 104;
        case LinkType::kPppoe:
            return 51;
        case LinkType::kNflog:
            return 239;
        case LinkType::kPppDirection:
            return 204;
        case LinkType::kLlc:
            return 100;
    }
    return 0;
}

}  // namespace peek
