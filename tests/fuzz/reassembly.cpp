// SPDX-License-Identifier: BSD-2-Clause
// Input: frames of raw IP, each behind its length (two bytes) and the milliseconds since the one
// before it (one byte).
#include "fuzz/fuzz.h"

using namespace peek;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz::Input input({data, size});
    fuzz::Inspection inspection;
    while (!input.empty()) {
        const size_t length = input.word();
        const auto after = std::chrono::milliseconds(input.byte());
        inspection.see(LinkType::kRawIp, input.take(length), after);
    }
    inspection.finish();
    return 0;
}
