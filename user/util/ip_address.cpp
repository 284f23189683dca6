// SPDX-License-Identifier: BSD-2-Clause
#include "util/ip_address.h"

#include <arpa/inet.h>

namespace peek {

std::string IpAddress::to_string() const {
    if (version_ == 0) return {};
    char text[INET6_ADDRSTRLEN];
    if (version_ == 4) {
        inet_ntop(AF_INET, bytes4().data(), text, sizeof text);
    } else {
        inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
    }
    return text;
}

}  // namespace peek
