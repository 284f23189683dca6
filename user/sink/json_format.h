// SPDX-License-Identifier: BSD-2-Clause
// The JSON log: one EVE object a line, fields in a fixed order.
//
// signature_id: 100,000,000 × (1 IP, 2 domain, 3 URL, 4 signature, 5 scan) plus the 1-based place
// of the rule in its file; far from the ranges that public rule sets use. payload_printable is
// escaped as in the text log (\xHH), all other strings are as sent, with \xHH for bytes that are
// not UTF-8.
#pragma once

#include <string>

#include "alert/ledger.h"
#include "alert/record.h"

namespace peek {

// One line without its line end.
std::string format_json(const Record& record);

// A `ledger` event: what the kernel's hooks saw and where it went, with every reason named even
// when its count is 0. `blind` beside the entries is what the controller itself forgot.
std::string format_json(const Ledger& ledger, Timestamp now);

}  // namespace peek
