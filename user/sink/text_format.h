// SPDX-License-Identifier: BSD-2-Clause
// The text log: TYPE TIMESTAMP SRC DST RULE PAYLOAD, one space between, six fields on every line.
#pragma once

#include <string>

#include "alert/record.h"

namespace peek {

// One line without its line end. In RULE and PAYLOAD bytes outside 0x21 … 0x7e and the backslash
// are \xHH; an empty field is "-".
std::string format_text(const Record& record);

}  // namespace peek
