// SPDX-License-Identifier: BSD-2-Clause
// draft-ietf-opsawg-pcap.
#include <array>

#include "source/capture_format.h"
#include "source/link_types.h"
#include "util/pcapng.h"

namespace peek {
namespace {

constexpr size_t kFileHeader = 24;
constexpr size_t kRecordHeader = 16;
constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;
// Kuznetzov's, with and without an older record, Mesquita's, Navtel's.
constexpr std::array<uint32_t, 3> kModifiedMagics{0xa1b2cd34, 0xa1b234cd, 0xa12b3c4d};
// The rest of the word are the length of the FCS and reserved bits.
constexpr uint32_t kLinkTypeBits = 0x03ffffff;

uint32_t magic_of(std::span<const uint8_t> bytes, bool swapped) {
    return FileOrder(swapped).u32(bytes, 0);
}

bool is_classic(uint32_t magic) {
    return magic == kMicroseconds || magic == kNanoseconds;
}

class PcapFormat final : public CaptureFormat {
  public:
    explicit PcapFormat(std::span<const uint8_t> header)
        : order_(!is_classic(magic_of(header, false))),
          fraction_ns_(order_.u32(header, 0) == kNanoseconds ? 1 : 1000) {
        const uint32_t number = order_.u32(header, 20) & kLinkTypeBits;
        interfaces_.push_back({number, link_type_of(number), {}});
    }

    Step step(std::span<const uint8_t> at, PacketView& packet) override {
        if (!past_header_) {
            past_header_ = true;
            return {Kind::kOther, kFileHeader};
        }
        if (at.size() < kRecordHeader) return {Kind::kMore, kRecordHeader};
        const uint32_t captured = order_.u32(at, 8);
        if (captured > kMaxCaptured)
            return broken("a captured length of " + std::to_string(captured) +
                          " bytes, more than the maximum of " + std::to_string(kMaxCaptured));
        const size_t size = kRecordHeader + captured;
        if (at.size() < size) return {Kind::kMore, size};
        packet.time = timestamp_from_ns(int64_t{order_.u32(at, 0)} * 1'000'000'000 +
                                        int64_t{order_.u32(at, 4)} * fraction_ns_);
        packet.interface = 0;
        packet.link = interfaces_[0].link.value_or(LinkType::kEthernet);
        packet.wire_len = order_.u32(at, 12);
        packet.bytes = at.subspan(kRecordHeader, captured);
        return {Kind::kPacket, size};
    }

  private:
    FileOrder order_;
    int64_t fraction_ns_;
    bool past_header_ = false;
};

}  // namespace

FormatKind format_of(std::span<const uint8_t> first_bytes) {
    if (first_bytes.size() < 4) return FormatKind::kUnknown;
    for (const bool swapped : {false, true}) {
        const uint32_t magic = magic_of(first_bytes, swapped);
        if (magic == pcapng::kSectionHeader) return FormatKind::kPcapng;
        for (const uint32_t modified : kModifiedMagics)
            if (magic == modified) return FormatKind::kModified;
        if (!is_classic(magic)) continue;
        if (first_bytes.size() < kFileHeader) return FormatKind::kModified;  // for the complaint
        const FileOrder order(swapped);
        // Before 2.3 the two lengths of a record stood the other way round, in 2.3 either.
        const bool current = order.u16(first_bytes, 4) == 2 && order.u16(first_bytes, 6) == 4;
        return current ? FormatKind::kPcap : FormatKind::kModified;
    }
    return FormatKind::kUnknown;
}

std::unique_ptr<CaptureFormat> make_pcap_format(std::span<const uint8_t> first_bytes) {
    return std::make_unique<PcapFormat>(first_bytes);
}

}  // namespace peek
