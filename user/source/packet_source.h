// SPDX-License-Identifier: BSD-2-Clause
// PacketSource: where packets come from. The rings of a live monitor and capture files stand
// behind the same interface, so that everything after it cannot tell them apart.
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/family.h"
#include "util/result.h"
#include "util/time.h"

namespace peek {

// How the bytes of a frame begin. Values are our own; capture sources map DLT_ numbers to them.
enum class LinkType : uint8_t {
    kEthernet,      // DLT_EN10MB
    kRawIp,         // DLT_RAW, DLT_IPV4, DLT_IPV6: the first nibble tells the version
    kLinuxCooked,   // DLT_LINUX_SLL, 16 bytes before the payload
    kLinuxCooked2,  // DLT_LINUX_SLL2, 20 bytes before the payload
    kNullHost,      // DLT_NULL: 4-byte address family in the writer's byte order (either is read)
    kNullNetwork,   // DLT_LOOP: the same in network byte order
    kIeee80211,     // DLT_IEEE802_11
    kRadiotap,      // DLT_IEEE802_11_RADIO: a radiotap header, then 802.11
    kPpp,           // DLT_PPP: address and control may be left out
    kPppSerial,     // DLT_PPP_SERIAL: PPP in HDLC framing, or Cisco HDLC
    kCiscoHdlc,     // DLT_C_HDLC
    kPppoe,         // DLT_PPP_ETHER: a PPPoE session header, then PPP
    kNflog,         // DLT_NFLOG: TLVs
    kPppDirection,  // LINKTYPE_PPP_WITH_DIR, DLT_PPP_PPPD: a byte of direction, then PPP
    kLlc,           // DLT_ATM_RFC1483: an 802.2 LLC header, SNAP or not, and no MAC header
};
inline constexpr LinkType kLastLinkType = LinkType::kLlc;

// What the kernel's SYN counter knew of a pair when it handed it over (struct peek_scan_evidence,
// with times as packet times): the pair's probes that user space did not see one by one.
struct ProbeInterval {
    uint16_t port;
    Timestamp first;
    Timestamp last;
};

// One packet. Plain data; `bytes` and `probes` point into the source and are valid, like the view
// itself, until the next call of PacketSource::next().
struct PacketView {
    Timestamp time{};
    uint64_t ordinal = 0;    // 1-based position in the source
    uint32_t interface = 0;  // index for interface_name(), file_name() of its source
    LinkType link = LinkType::kEthernet;
    Hook hook = Hook::kNone;
    uint32_t wire_len = 0;  // bytes on the wire; bytes.size() may be less (snap length)
    std::span<const uint8_t> bytes;
    std::optional<uint16_t> vlan_tci;        // a tag that is not in the frame (host byte order)
    FamilyMask families = kAllFamiliesMask;  // detectors that are to see it; others must not
    uint32_t generation = 0;                 // of the rule sets it is to be inspected with
    std::span<const ProbeInterval> probes;   // live scan evidence, else empty
    bool replayed = false;                   // a controller that died may have told of it already
};

class PacketSource {
  public:
    enum class State : uint8_t {
        kMore,    // call again at once
        kIdle,    // nothing now: a live source that has caught up, a pipe that may keep us waiting,
                  // the next of several files. Finish what is in flight before the next call.
        kEnd,     // the whole input was read
        kFailed,  // the input ended early: error() says why; the packets before it are good
    };
    struct Batch {
        std::span<const PacketView> packets;  // in arrival order, of one generation; may be empty
        State state = State::kEnd;
    };

    virtual ~PacketSource() = default;

    // The next packets. Never blocks on a live source. After kEnd or kFailed every further call
    // returns the same state and no packets. One thread at a time; any, when stable().
    virtual Batch next() = 0;

    // After kFailed: what, where and how much was read before it.
    virtual const std::optional<Error>& error() const = 0;
    // Bytes of input that no packet was made of: a cut-off end, a ring record of another ABI.
    virtual uint64_t bytes_dropped() const = 0;
    // Files: how far in the input the packets handed out so far reach, in bytes of the file as it
    // lies on the disk (of a compressed one: compressed). For a progress bar: need not be exact.
    virtual uint64_t bytes_read() const { return 0; }

    // True when the bytes (not the views) of the batch that next() returned last stay valid as long
    // as the source: those of a memory-mapped file. Otherwise they go with the next call of next().
    // After such a batch, unless it was kIdle, next() keeps nobody waiting.
    virtual bool stable() const { return false; }

    // Live: the name of interface `index`. Files: empty.
    virtual std::string_view interface_name(uint32_t index) const = 0;
    // Files: what the file calls interface `index` (pcapng: if_name), if it does. For evidence;
    // records of a file name no interface.
    virtual std::string_view captured_on(uint32_t /*index*/) const { return {}; }
    // Files: the path as the user wrote it of the file that packets of `interface` came from, and
    // how many ordinals were used before it: one source may read several. Live: empty, 0.
    virtual std::string_view file_name(uint32_t interface) const = 0;
    virtual uint64_t ordinals_before(uint32_t /*interface*/) const { return 0; }
};

}  // namespace peek
