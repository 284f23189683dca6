// SPDX-License-Identifier: BSD-2-Clause
// Input: eight bytes that say where a TCP stream is cut, then the stream. What is found in it whole
// must be found in its pieces.
#include "fuzz/fuzz.h"
#include "fuzz/cut_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    peek::fuzz::Inspection datagram;
    datagram.see(peek::LinkType::kEthernet, peek::fuzz::udp_frame(53, {data, size}));
    datagram.finish();
    peek::fuzz::expect_same_when_cut(53, {data, size});
    return 0;
}
