// SPDX-License-Identifier: BSD-2-Clause
// Private to HttpStream: what both of its files need.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "stream/http_stream.h"

namespace peek {

struct HttpStream::Input {
    std::string_view segment;
    std::string_view rest;
    uint32_t seq;               // of the segment
    std::string_view target{};  // the part of a target in this segment that was not given out yet
    bool own_request = false;   // the request began in this segment

    uint32_t at() const { return seq + static_cast<uint32_t>(segment.size() - rest.size()); }
};

// Appends as much as there is room for; false when that was not all.
inline bool append_bounded(std::string& kept, std::string_view bytes, size_t most) {
    const size_t room = most - std::min(most, kept.size());
    kept.append(bytes.substr(0, room));
    return bytes.size() <= room;
}

}  // namespace peek
