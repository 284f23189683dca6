// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_IP: source or destination of any IP header that decode() followed is blacklisted.
#pragma once

#include <memory>

#include "detect/inspector.h"

namespace peek {

std::unique_ptr<Inspector> make_ip_inspector();

}  // namespace peek
