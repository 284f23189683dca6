// SPDX-License-Identifier: BSD-2-Clause
// A pair of virtual Ethernet devices, for the self-test.
#pragma once

#include <string>

#include "util/result.h"

namespace peek {

// Makes the pair in this thread's network namespace; both ends are up.
Result<void> make_veth_pair(const std::string& one, const std::string& other);

}  // namespace peek
