// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "util/result.h"

namespace peek {

// Fails, naming each capability that monitoring needs and this process lacks (capabilities(7)).
Result<void> check_capabilities();

}  // namespace peek
