// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_IP: source or destination of any IP header that decode() followed is blacklisted.
#pragma once

#include <memory>

#include "detect/detector.h"

namespace peek {

std::unique_ptr<Detector> make_ip_detector();

}  // namespace peek
