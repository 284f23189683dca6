// SPDX-License-Identifier: BSD-2-Clause
// Ethernet frames as a capture file.
#pragma once

#include <pcap/pcap.h>

#include "support/frame_builder.h"

namespace peek::test {

// A hundred frames a second. False: errno says why not.
inline bool write_pcap(const char* path, const std::vector<Bytes>& frames) {
    pcap_t* ethernet = pcap_open_dead(DLT_EN10MB, 262'144);
    pcap_dumper_t* out = pcap_dump_open(ethernet, path);
    if (out == nullptr) return false;
    pcap_pkthdr header{{1'500'000'000, 0}, 0, 0};
    for (const Bytes& frame : frames) {
        header.len = header.caplen = static_cast<uint32_t>(frame.size());
        pcap_dump(reinterpret_cast<u_char*>(out), &header, frame.data());
        if ((header.ts.tv_usec += 10'000) == 1'000'000) header.ts = {header.ts.tv_sec + 1, 0};
    }
    const bool written = pcap_dump_flush(out) == 0;
    pcap_dump_close(out);
    pcap_close(ethernet);
    return written;
}

}  // namespace peek::test
