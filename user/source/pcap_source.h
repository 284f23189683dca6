// SPDX-License-Identifier: BSD-2-Clause
// Capture files: pcap and pcapng read in place by our own readers, the modified forms of pcap by
// libpcap, compressed ones through libarchive. The content tells which, never the name.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "source/packet_source.h"

namespace peek {

class CaptureFilter;

// A PacketSource that can say how far it is and what it left out.
class CaptureSource : public PacketSource {
  public:
    // Packets of the input that next() did not return. Every packet of the input has an ordinal,
    // whether it was returned or not.
    struct LeftOut {
        uint64_t unselected = 0;                      // by the filter
        std::map<std::string, uint64_t> unsupported;  // link type by name -> packets
    };
    virtual LeftOut left_out() const = 0;
    // How many packets the input held so far, those left out included.
    virtual uint64_t packets_read() const = 0;
};

// "-" is standard input. With a filter only the packets that it selects are returned; it must
// outlive the source.
// Errors: cannot be opened, not a capture, a link type that is not supported (by its name) or that
// the filter does not fit.
Result<std::unique_ptr<CaptureSource>> open_pcap(const std::string& path,
                                                 CaptureFilter* filter = nullptr);

// What the first bytes of a file say it is; of one that cannot be opened kCapture, so that
// open_pcap() gives the reason.
enum class Content : uint8_t {
    kCapture,        // compressed or not
    kSomethingElse,  // or nothing
};
Content content_of(const std::string& path);

}  // namespace peek
