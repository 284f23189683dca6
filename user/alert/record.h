// SPDX-License-Identifier: BSD-2-Clause
// Record: one detected packet, told completely. A self-contained value: it refers to no rule set,
// packet or source, and every sink writes what it can from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "detect/match.h"

namespace peek {

// Where records come from; one a source or monitor. Outlives its use in make_record().
struct RecordOrigin {
    std::string sensor;  // EVE `host`; empty: absent
    const PacketSource* source = nullptr;
};

struct Record {
    Family type = Family::kIp;
    PacketFacts packet;
    std::string sensor;
    std::string interface;         // live only, else empty
    std::string file;              // files only, else empty
    uint64_t ordinals_before = 0;  // the packet's number in that file is its ordinal less this

    std::string rule;       // as written in its file; scans: "ports>=20/60s"
    std::string rule_file;  // empty for scans
    uint64_t rule_line = 0;
    RuleId rule_id = 0;    // 0-based place in its file, names signature_id; 0 for scans
    uint32_t matches = 0;  // distinct rules that matched
    bool reassembled = false;
    std::vector<uint64_t> needs;  // ordinals of the other packets it took, see Match
    bool from_listed = false;     // ILLEGAL_IP: the rule covers the source and not the destination

    std::variant<std::monostate, DnsFacts, HttpFacts, ScanFacts> evidence;
    // What payload_printable is made of: the name (presentation form), the URL, or the first
    // payload bytes; raw bytes, not yet escaped.
    std::string payload;

    std::string community_id;  // "1:…", seed 0
};

Record make_record(const Match& match, const RuleSets& rules, const RecordOrigin& origin);

// https://github.com/corelight/community-id-spec version 1: base64 of SHA-1 over the flow tuple.
// Empty when the packet does not carry the whole tuple: TCP, UDP or SCTP without ports (a later
// fragment, a cut header), ICMP without a type.
std::string community_id(const PacketFacts& packet, uint16_t seed = 0);

// One sentence a person understands: "Traffic to blacklisted address 192.0.2.7". It names the rule,
// not the packet, so that all records of one rule read alike. Bytes of the rule stand in it as they
// are: whoever prints it escapes it.
std::string describe(const Record& record);

// Ports of a scan as records show them: "22,80-90".
std::string ports_text(const std::vector<PortRange>& ports);
// Seconds with as many decimals as they need: "60", "0.5".
std::string seconds_text(Nanoseconds duration);

}  // namespace peek
