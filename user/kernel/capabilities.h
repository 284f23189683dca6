// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include <string>
#include <vector>

#include "util/result.h"

namespace peek {

// Capabilities (capabilities(7)) that monitoring cannot do without and this process lacks.
std::vector<std::string> missing_capabilities();
// Fails, naming them.
Result<void> check_capabilities();

// Whether this process has the capability (CAP_… of linux/capability.h) in effect.
bool has_capability(unsigned capability);

}  // namespace peek
