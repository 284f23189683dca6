// SPDX-License-Identifier: BSD-2-Clause
// What records can be grouped by, and how a group's values read and compare.
//
// A value is text as every format shows it, so that what was written can be read back and merged:
// addresses as in records, ports and VLAN ids as decimal numbers, the outermost VLAN id, a rule as
// written in its file, times in UTC ("2016-10-30T22:01", "2016-10-30T22", "2016-10-30"). Empty:
// the record has none. Bytes that are no printable ASCII or UTF-8 are \xHH.
//
// direction: files do not know which interface a packet entered by, so it is told by the addresses,
// as Zeek's and Suricata's defaults have it: those of private networks are home. "outbound" leaves
// home, "inbound" enters it, "internal" stays within, "external" never touches it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alert/record.h"

namespace peek {

enum class SummaryKey : uint8_t {
    kType,
    kSrc,
    kDst,
    kSport,
    kDport,
    kProto,
    kRule,
    kDirection,
    kVlan,
    kFile,
    kMinute,
    kHour,
    kDay,
};
inline constexpr std::array<std::string_view, 13> kSummaryKeyNames{
    "type",      "src",  "dst",  "sport",  "dport", "proto", "rule",
    "direction", "vlan", "file", "minute", "hour",  "day"};
constexpr std::string_view summary_key_name(SummaryKey key) {
    return kSummaryKeyNames[static_cast<size_t>(key)];
}
std::optional<SummaryKey> summary_key_of(std::string_view name);

// Numbers to the right in a table, and without quotes in JSON.
constexpr bool is_number(SummaryKey key) {
    return key == SummaryKey::kSport || key == SummaryKey::kDport || key == SummaryKey::kVlan;
}

std::string summary_value(SummaryKey key, const Record& record);
// False: no record has such a value; a file that holds it was not written by us.
bool is_summary_value(SummaryKey key, std::string_view value);
// Texts that compare bytewise as values do: addresses and numbers by their value, nothing first.
std::string summary_rank(SummaryKey key, std::string_view value);

}  // namespace peek
