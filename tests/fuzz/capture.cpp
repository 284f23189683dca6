// SPDX-License-Identifier: BSD-2-Clause
// Input: a capture file.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "fuzz/fuzz.h"
#include "source/pcap_source.h"
#include "util/fd.h"

using namespace peek;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Fd file(::memfd_create("capture", MFD_CLOEXEC));
    fuzz::expect(::write(file.get(), data, size) == static_cast<ssize_t>(size));
    auto source = open_pcap("/proc/self/fd/" + std::to_string(file.get()));
    if (!source) {
        fuzz::expect(!source.error().text.empty());
        return 0;
    }
    PacketSource::Batch batch;
    uint64_t captured = 0;
    do {
        batch = (*source)->next();
        for (const PacketView& view : batch.packets) captured += view.bytes.size();
    } while (batch.state == PacketSource::State::kMore);
    fuzz::expect(captured <= size);
    fuzz::expect((batch.state == PacketSource::State::kFailed) == (*source)->error().has_value());
    return 0;
}
