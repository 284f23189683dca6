// SPDX-License-Identifier: BSD-2-Clause
// The packets of verdict_test.cpp and what the kernel must say about each, in tables by subject.
#pragma once

#include <peek/abi.h>

#include <vector>

#include "support/frame_builder.h"
#include "util/family.h"

namespace peek::test {

struct Row {
    const char* name;
    FamilyMask on;  // families that have rules
    Bytes frame;
    FamilyMask families;  // that must see the packet; 0: clean
    peek_reason reason = PEEK_REASON_NONE;
    bool header_chain = false;  // counted as longer than it is followed
    bool ignored = false;       // counted as ignored
};

// What is bad in the rows: addresses of these rules, and nothing else.
inline constexpr const char* kBadAddresses =
    "198.51.100.7\n"
    "203.0.113.128/25\n"
    "2001:db8:bad::7\n"
    "2001:db8:dead::/48\n"
    "2001:db8:cafe::/120\n";
// What is on the ignore list in all rows.
inline constexpr const char* kIgnoredAddresses =
    "192.0.2.200\n"
    "198.18.0.0/15\n"
    "2001:db8:19::1\n"
    "2001:db8:1a::/48\n";
// DNS ports of the rows.
inline const std::vector<uint16_t> kRowDnsPorts{53, 5353};

const std::vector<Row>& link_and_ip_rows();
const std::vector<Row>& domain_rows();
const std::vector<Row>& url_rows();
const std::vector<Row>& payload_rows();
const std::vector<Row>& tunnel_rows();
const std::vector<Row>& ignore_rows();
const std::vector<Row>& raw_ip_rows();  // of a raw IP interface, all others of an Ethernet one

}  // namespace peek::test
