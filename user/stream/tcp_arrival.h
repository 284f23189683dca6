// SPDX-License-Identifier: BSD-2-Clause
// Private to TcpStreams: one segment on its way through its direction's runs.
#pragma once

#include "stream/tcp_streams.h"

namespace peek {

struct TcpStreams::Arrival {
    const TcpSegment& segment;
    Direction& direction;
    TcpRun::Reading reading;
    size_t urgent_at;  // where in the segment an urgent byte is; SIZE_MAX: nowhere
    uint32_t seq = segment.seq;
    uint32_t end = segment.seq + static_cast<uint32_t>(segment.bytes.size());

    bool has_urgent(size_t offset) const { return urgent_at != SIZE_MAX && urgent_at >= offset; }
};

}  // namespace peek
