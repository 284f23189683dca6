// SPDX-License-Identifier: BSD-2-Clause
// The ledger as a person reads it: at exit, and in `status`.
#pragma once

#include <string>
#include <vector>

#include "alert/ledger.h"
#include "sink/text_table.h"

namespace peek {

// Several lines, each with its line end: a row an interface and hook, the loaded rule files, the
// records, and either "complete" or every number that stands against it. At kEnd an equation that
// does not hold is among them.
std::string ledger_table(const Ledger& ledger);

// What a table of counts or rates has for each interface and hook, under the name `first`.
std::vector<TextTable::Column> ledger_columns(std::string first);
// The ledger's first part and its last: a row an interface and hook, and why there are candidates;
// records and verdict.
std::string ledger_counters(const Ledger& ledger);
std::string ledger_outcome(const Ledger& ledger);

}  // namespace peek
