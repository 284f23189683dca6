// SPDX-License-Identifier: BSD-2-Clause
// Match: what a detector found in one packet. A self-contained value: it stays valid after the
// packet's memory is gone, and can cross threads.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "decode/packet.h"
#include "rules/rule_set.h"
#include "source/packet_source.h"

namespace peek {

// The outermost header around an inner packet.
struct TunnelFacts {
    IpAddress src;
    IpAddress dst;
    uint8_t protocol = 0;
    bool has_ports = false;
    uint16_t src_port = 0;  // host byte order
    uint16_t dst_port = 0;
};

// The packet behind a match.
struct PacketFacts {
    Timestamp time{};
    uint64_t ordinal = 0;
    uint32_t interface = 0;  // index in the source
    Hook hook = Hook::kNone;
    uint32_t generation = 0;
    bool replayed = false;  // see PacketView
    uint32_t wire_len = 0;
    IpAddress src;  // of the IP header that matched
    IpAddress dst;
    uint8_t ip_depth = 0;  // 0: the outermost IP header
    uint8_t protocol = 0;  // this and what follows: of what that header carries
    bool has_ports = false;
    uint16_t src_port = 0;  // host byte order
    uint16_t dst_port = 0;
    uint8_t icmp_type = 0;  // ICMP and ICMPv6 with has_icmp
    uint8_t icmp_code = 0;
    bool has_icmp = false;
    TunnelFacts tunnel;  // with ip_depth > 0
    uint8_t vlan_count = 0;
    std::array<uint16_t, PEEK_MAX_VLAN_TAGS + 1> vlan_ids{};  // outermost first
};
PacketFacts packet_facts(const PacketView& view, const Packet& packet, size_t ip_index);

// The question that matched.
struct DnsFacts {
    std::string rrname;  // RFC 4343 presentation form, case as sent, no trailing dot
    uint16_t rrtype = 0;
};

// The request that matched. Byte strings as sent; url is the request target.
struct HttpFacts {
    std::string method;
    std::string url;
    std::string hostname;  // of the Host line that matched, else of the first; may be empty
    std::string protocol;  // "HTTP/1.1"
};

struct PortRange {
    uint16_t first;
    uint16_t last;  // inclusive
    bool operator==(const PortRange&) const = default;
};

struct ScanFacts {
    enum class Phase : uint8_t {
        kStart,
        kEnd
    };
    Phase phase = Phase::kStart;
    std::vector<PortRange> ports;  // ascending, disjoint, not adjacent
    uint32_t port_count = 0;       // distinct ports
    Timestamp first{};             // packet time of the earliest probe that counts
    Timestamp last{};              // and of the latest
    ScanRule rule;                 // what was exceeded
    uint64_t lost_probes = 0;      // end, live: known of, but without evidence
};

struct Match {
    Family family = Family::kIp;
    PacketFacts packet;
    RuleId rule = kNoRule;  // in the set of packet.generation; kNoRule for kScan
    uint32_t distinct_rules = 0;
    std::variant<std::monostate, DnsFacts, HttpFacts, ScanFacts> evidence;
    std::string excerpt;  // the payload's first bytes, at most kExcerptBytes; unused for DNS, HTTP
    static constexpr size_t kExcerptBytes = 256;
    // Fragments or segments were put together to see it: `needs` are the ordinals of the other
    // packets that it took, ascending. With packet.ordinal they are what shows it again.
    bool reassembled = false;
    std::vector<uint64_t> needs;
};

// A SYN without ACK, for the scan detector's ordered part.
struct ScanProbe {
    PacketFacts packet;
    ScanRule rule;
    std::vector<ProbeInterval> earlier;  // live: what the kernel counted before handing over
    // In a tunnel, or in a datagram of which no fragment holds the whole TCP header: the kernel
    // does not see it. Such probes are counted apart from those that it counts, in files as well,
    // so that both find the same scans.
    bool hidden = false;
};

// Rules of one family that a TCP payload alone, or a UDP tunnel around it, contains, for the
// ordered part.
struct PayloadHits {
    Family family = Family::kSignature;
    std::vector<RuleId> ids;  // not empty; one perhaps twice
    size_t ip_index = 0;      // the innermost IP layer whose payload contains the lowest
};

// Where ordered matches go. Called in packet order on the engine's thread.
class MatchSink {
  public:
    virtual ~MatchSink() = default;
    // `rules` are the sets that the packet was judged by; valid during the call.
    virtual void on_match(const Match& match, const RuleSets& rules) = 0;
};

}  // namespace peek
