// SPDX-License-Identifier: BSD-2-Clause
// The five things peek-xdp looks for, and the sets of them. Values are those of abi.h.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cassert>
#include <cstdint>
#include <string_view>

namespace peek {

enum class Family : uint8_t {
    kIp,
    kDomain,
    kUrl,
    kSignature,
    kScan
};
inline constexpr size_t kFamilyCount = 5;
inline constexpr std::array<Family, kFamilyCount> kAllFamilies{
    Family::kIp, Family::kDomain, Family::kUrl, Family::kSignature, Family::kScan};

// Bits of enum peek_family.
using FamilyMask = uint32_t;
constexpr FamilyMask family_bit(Family f) {
    return 1U << static_cast<unsigned>(f);
}
inline constexpr FamilyMask kAllFamiliesMask = PEEK_FAMILY_ALL;
static_assert(family_bit(Family::kScan) == PEEK_FAMILY_SCAN);

// The traffic type that records, logs and alerts carry.
constexpr std::string_view traffic_type(Family f) {
    constexpr std::array<std::string_view, kFamilyCount> kNames{
        "ILLEGAL_IP", "ILLEGAL_DOMAIN", "ILLEGAL_URL", "ILLEGAL_SIGNATURE", "PORT_SCAN"};
    return kNames[static_cast<size_t>(f)];
}

// "ip", "domain", "url", "signature", "scan": for messages of tests and benchmarks.
constexpr std::string_view family_name(Family f) {
    constexpr std::array<std::string_view, kFamilyCount> kNames{"ip", "domain", "url", "signature",
                                                                "scan"};
    return kNames[static_cast<size_t>(f)];
}

// The lists that rules are loaded from: one of each family but scans, and two that exempt.
enum class RuleList : uint8_t {
    kIp,
    kDomain,
    kUrl,
    kSignature,
    kIgnore,      // packets from or to these are clean
    kScanIgnore,  // probes from or to these are not counted
};
inline constexpr size_t kRuleListCount = 6;
inline constexpr std::array<RuleList, kRuleListCount> kAllRuleLists{
    RuleList::kIp,        RuleList::kDomain, RuleList::kUrl,
    RuleList::kSignature, RuleList::kIgnore, RuleList::kScanIgnore};

// Of a family that has a rule list: any but kScan.
constexpr RuleList rule_list(Family f) {
    assert(f != Family::kScan);
    return static_cast<RuleList>(f);
}

// In status, messages and the control protocol; a family's list is named as the family is.
constexpr std::string_view rule_list_name(RuleList list) {
    constexpr std::array<std::string_view, kRuleListCount> kNames{
        "ip", "domain", "url", "signature", "ignore", "scan-ignore"};
    return kNames[static_cast<size_t>(list)];
}
// What an empty list means.
constexpr std::string_view effect_of_no_rules(RuleList list) {
    constexpr std::array<std::string_view, kRuleListCount> kEffects{
        "ILLEGAL_IP is off",        "ILLEGAL_DOMAIN is off", "ILLEGAL_URL is off",
        "ILLEGAL_SIGNATURE is off", "nothing is ignored",    "every probe is counted"};
    return kEffects[static_cast<size_t>(list)];
}

// Which way a packet crossed the monitored interface; files do not know.
enum class Hook : uint8_t {
    kIngress,
    kEgress,
    kNone
};
constexpr std::string_view hook_name(Hook h) {
    return h == Hook::kIngress ? "ingress" : h == Hook::kEgress ? "egress" : "none";
}

}  // namespace peek
