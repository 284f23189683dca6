// SPDX-License-Identifier: BSD-2-Clause
// ILLEGAL_URL of packets on their own: a request in a TCP payload, on any port, has a URL that
// contains a blacklisted string, see UrlSearch.
#pragma once

#include <memory>

#include "detect/inspector.h"

namespace peek {

std::unique_ptr<Inspector> make_url_inspector();

}  // namespace peek
