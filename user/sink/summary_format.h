// SPDX-License-Identifier: BSD-2-Clause
// A summary as text: a table for a person, CSV for a spreadsheet, JSON for programs and for
// `peek-xdp summary merge`.
//
// JSON is one object, its head on the first line and then a group a line:
//   {"peek_summary":1,"complete":true,"group_by":["type","vlan"],"total":{T},"other":{T},
//    "left_out":{"groups":N,T},"groups":[
//   {"type":"ILLEGAL_IP","vlan":7,T},
//   {"type":"PORT_SCAN","vlan":null,T}
//   ]}
// where T is "count":N,"bytes":N,"first":"…","last":"…". `other` counts records beyond the bound
// on groups, `left_out` what --top cut off; both are absent when there is nothing to tell. total is
// all of it: groups + other + left_out.
#pragma once

#include <cstdint>
#include <string>

#include "alert/summary.h"

namespace peek {

enum class SummaryFormat : uint8_t {
    kTable,
    kJson,
    kCsv
};

struct SummaryLook {
    SummaryFormat format = SummaryFormat::kTable;
    SummaryOrder order;
    size_t top = 0;  // groups shown; 0: all
};

// With its line ends. A table and JSON say what was left out, CSV holds groups only.
std::string format_summary(const Summary& summary, const SummaryLook& look);

// One cell of a line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an
// apostrophe in front, which it does not show.
std::string csv_cell(std::string_view text);

}  // namespace peek
