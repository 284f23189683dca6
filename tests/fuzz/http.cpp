// SPDX-License-Identifier: BSD-2-Clause
// Input: eight bytes that say where a TCP stream is cut, then the stream. What is found in it whole
// must be found in its pieces.
#include "fuzz/fuzz.h"
#include "fuzz/cut_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    peek::fuzz::expect_same_when_cut(80, {data, size});
    return 0;
}
