// SPDX-License-Identifier: BSD-2-Clause
// Private to TcpStreams: one segment on its way through its direction's runs.
#pragma once

#include "stream/tcp_streams.h"

namespace peek {

struct TcpStreams::Arrival {
    const TcpSegment& segment;
    Direction& direction;
    TcpRun::Reading reading;
    uint32_t seq = segment.seq;
    uint32_t end = segment.seq + static_cast<uint32_t>(segment.bytes.size());

    // Of the urgent byte in the segment: the one in front of where the pointer points (RFC 6093
    // §2.1, as systems have it).
    size_t urgent_at() const { return segment.urgent == 0 ? SIZE_MAX : segment.urgent - size_t{1}; }
    bool has_urgent(size_t offset) const {
        return urgent_at() >= offset && urgent_at() < segment.bytes.size();
    }
};

}  // namespace peek
