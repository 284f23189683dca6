// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_SIGNATURE: a TCP or UDP payload contains a blacklisted string. A first fragment's payload
// is one; what later fragments carry is not seen without reassembly.
#pragma once

#include <memory>

#include "detect/detector.h"

namespace peek {

std::unique_ptr<Detector> make_signature_detector();

}  // namespace peek
