// SPDX-License-Identifier: BSD-2-Clause
// Input: a capture file, compressed or not.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "fuzz/fuzz.h"
#include "source/pcap_source.h"
#include "util/fd.h"

using namespace peek;

namespace {

// What a few bytes are compressed from may have no end: enough is read of it.
constexpr uint64_t kEnoughPackets = 100'000;

// pcap of every kind in either byte order, and pcapng.
bool is_compressed(fuzz::Bytes file) {
    constexpr std::array<uint32_t, 7> kPlain{0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,
                                             0xa1b2cd34, 0x34cdb2a1, 0x0a0d0d0a};
    uint32_t magic = 0;
    if (file.size() >= sizeof magic) std::memcpy(&magic, file.data(), sizeof magic);
    return std::find(kPlain.begin(), kPlain.end(), magic) == kPlain.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Fd file(::memfd_create("capture", MFD_CLOEXEC));
    fuzz::expect(::write(file.get(), data, size) == static_cast<ssize_t>(size));
    auto source = open_pcap("/proc/self/fd/" + std::to_string(file.get()));
    if (!source) {
        fuzz::expect(!source.error().text.empty());
        return 0;
    }
    PacketSource::Batch batch;
    uint64_t packets = 0;
    uint64_t captured = 0;
    do {
        batch = (*source)->next();
        packets += batch.packets.size();
        for (const PacketView& view : batch.packets) captured += view.bytes.size();
    } while (batch.state == PacketSource::State::kMore && packets < kEnoughPackets);
    fuzz::expect(captured <= size || is_compressed({data, size}));
    fuzz::expect((batch.state == PacketSource::State::kFailed) == (*source)->error().has_value());
    return 0;
}
