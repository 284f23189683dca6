// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>

namespace peek {

// Says whether a monitor can run here, on `interface` if one is named, and what to do if not. Exit
// status 1 when `attach` would fail.
int run_doctor(const std::string& interface, bool json);

}  // namespace peek
