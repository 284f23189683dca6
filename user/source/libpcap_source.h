// SPDX-License-Identifier: BSD-2-Clause
// Captures in a form that only libpcap knows. Each packet is copied.
#pragma once

#include "source/byte_input.h"
#include "source/capture_filter.h"
#include "source/pcap_source.h"

namespace peek {

// Errors: not a capture for libpcap either; an unsupported link type; a filter that does not fit.
Result<std::unique_ptr<CaptureSource>> open_with_libpcap(const std::string& path,
                                                         std::unique_ptr<ByteInput> input,
                                                         CaptureFilter* filter);

}  // namespace peek
