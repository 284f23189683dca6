// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_URL: a request in a TCP payload, on any port, has a URL that contains a blacklisted
// string. A string is searched in the target as sent and, when that begins with '/' or is "*", in
// "http://" + Host + target for each Host line.
#pragma once

#include <memory>

#include "detect/inspector.h"

namespace peek {

std::unique_ptr<Inspector> make_url_inspector();

}  // namespace peek
