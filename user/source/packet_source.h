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
};

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
    uint64_t ordinal = 0;    // 1-based position in the source (files: the packet number)
    uint32_t interface = 0;  // index for PacketSource::interface_name()
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
        kIdle,    // nothing now: a live source that has caught up, a pipe that may keep us waiting
        kEnd,     // the whole input was read
        kFailed,  // the input ended early: error() says why; the packets before it are good
    };
    struct Batch {
        std::span<const PacketView> packets;  // in arrival order, of one generation; may be empty
        State state = State::kEnd;
    };

    virtual ~PacketSource() = default;

    // The next packets. Never blocks on a live source. After kEnd or kFailed every further call
    // returns the same state and no packets. One thread only.
    virtual Batch next() = 0;

    // After kFailed: what, where and how much was read before it.
    virtual const std::optional<Error>& error() const = 0;
    // Bytes of input that no packet was made of: a cut-off end, a ring record of another ABI.
    virtual uint64_t bytes_dropped() const = 0;

    // True when the bytes (not the views) of the batch that next() returned last stay valid as long
    // as the source: those of a memory-mapped file. Otherwise they go with the next call of next().
    virtual bool stable() const { return false; }

    // Live: the name of interface `index`. Files: empty.
    virtual std::string_view interface_name(uint32_t index) const = 0;
    // Files: the path as the user wrote it. Live: empty.
    virtual std::string_view file_name() const = 0;
};

}  // namespace peek
