// SPDX-License-Identifier: BSD-2-Clause
// Link types as capture files number them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "source/packet_source.h"

namespace peek {

// `number` as in the file: LINKTYPE_ values, and the DLT_ ones that old files carry instead.
std::optional<LinkType> link_type_of(uint32_t number);
// "IEEE802_11_RADIO (127)", as libpcap names it.
std::string link_type_text(uint32_t number);
std::string unsupported_link_text(const std::string& link_type);
// What libpcap compiles a filter for.
int dlt_of(uint32_t number);

}  // namespace peek
