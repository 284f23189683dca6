// SPDX-License-Identifier: BSD-2-Clause
// draft-ietf-opsawg-pcapng.
#include <algorithm>
#include <bit>
#include <vector>

#include "source/capture_format.h"
#include "source/link_types.h"
#include "util/pcapng.h"

namespace peek {
namespace {

using namespace pcapng;

using Bytes = std::span<const uint8_t>;

constexpr size_t kBlockFrame = 12;  // type and length in front, the length again at the end
// What a file can make us remember of itself.
constexpr size_t kMaxInterfaces = 65'536;
constexpr size_t kMaxName = 256;

// Time units to nanoseconds of UTC, whatever the unit: value * multiply / divide >> shift + offset.
class Clock {
  public:
    void set_resolution(uint8_t resolution) {
        const uint8_t exponent = resolution & 0x7f;
        multiply_ = divide_ = 1;
        shift_ = 0;
        never_ = false;
        if ((resolution & 0x80) != 0) {
            multiply_ = 1'000'000'000;
            shift_ = exponent;
            never_ = exponent >= 94;  // 2^64 units are less than a nanosecond
        } else {
            for (int i = exponent; i < 9; ++i) multiply_ *= 10;
            for (int i = 9; i < std::min<int>(exponent, 28); ++i) divide_ *= 10;
            never_ = exponent > 28;
        }
    }
    void set_offset(int64_t seconds) {
        offset_ns_ = std::clamp<int64_t>(seconds, -kMaxSeconds, kMaxSeconds) * 1'000'000'000;
    }
    // Times that nanoseconds of 64 bits cannot hold are a broken file's, and are clamped.
    Timestamp at(uint64_t units) const {
        if (never_) return timestamp_from_ns(offset_ns_);
        constexpr Wide kMax = Wide{kMaxSeconds} * 1'000'000'000;
        Wide ns = (Wide{units} * multiply_);
        if (divide_ != 1) ns /= divide_;
        ns = (ns >> shift_) + offset_ns_;
        return timestamp_from_ns(static_cast<int64_t>(std::clamp<Wide>(ns, -kMax, kMax)));
    }

  private:
    __extension__ using Wide = __int128;
    static constexpr int64_t kMaxSeconds = 9'200'000'000;

    uint64_t multiply_ = 1000;  // microseconds, unless the interface says something else
    uint64_t divide_ = 1;
    uint8_t shift_ = 0;
    bool never_ = false;
    int64_t offset_ns_ = 0;
};

class PcapngFormat final : public CaptureFormat {
  public:
    Step step(Bytes at, PacketView& packet) override;

  private:
    struct SectionInterface {
        uint32_t index;  // in interfaces_
        uint32_t snap_length;
        Clock clock;
    };

    Step section(Bytes block);
    Step interface(Bytes block);
    Step enhanced_packet(Bytes block, PacketView& packet);
    Step simple_packet(Bytes block, PacketView& packet);
    Step old_packet(Bytes block, PacketView& packet);
    Step packet_of(uint32_t interface, uint64_t time, Bytes block, size_t header, uint32_t captured,
                   PacketView& packet);
    Step too_short(const char* block, size_t size);
    void read_options(Bytes options, SectionInterface& interface, std::string& name) const;
    bool remember(Interface interface, uint32_t& index);

    FileOrder order_{false};
    bool in_section_ = false;
    std::vector<SectionInterface> section_;
};

CaptureFormat::Step PcapngFormat::step(Bytes at, PacketView& packet) {
    if (at.size() < kBlockFrame) return {Kind::kMore, kBlockFrame};
    const uint32_t type = order_.u32(at, 0);
    if (type == kSectionHeader) {
        const uint32_t magic = FileOrder(false).u32(at, 8);
        if (magic != kByteOrderMagic && __builtin_bswap32(magic) != kByteOrderMagic)
            return broken("a section header without the byte-order magic");
        order_ = FileOrder(magic != kByteOrderMagic);
    } else if (!in_section_) {
        return broken("no section header");
    }
    const uint32_t size = order_.u32(at, 4);
    if (size < kBlockFrame || size % 4 != 0 || size > kMaxBlock)
        return broken("a block length of " + std::to_string(size) + " bytes");
    if (at.size() < size) return {Kind::kMore, size};
    if (order_.u32(at, size - 4) != size)
        return broken("a block whose two lengths differ (" + std::to_string(size) + ", " +
                      std::to_string(order_.u32(at, size - 4)) + ")");
    const Bytes block = at.first(size);
    switch (type) {
        case kSectionHeader:
            return section(block);
        case kInterfaceDescription:
            return interface(block);
        case kEnhancedPacket:
            return enhanced_packet(block, packet);
        case kSimplePacket:
            return simple_packet(block, packet);
        case kOldPacket:
            return old_packet(block, packet);
        default:
            return {Kind::kOther, size};
    }
}

CaptureFormat::Step PcapngFormat::too_short(const char* block, size_t size) {
    return broken(std::string(block) + " of only " + std::to_string(size) + " bytes");
}

CaptureFormat::Step PcapngFormat::section(Bytes block) {
    if (block.size() < 28) return too_short("a section header", block.size());
    if (const uint16_t major = order_.u16(block, 12); major != 1)
        return broken("pcapng version " + std::to_string(major) + "." +
                      std::to_string(order_.u16(block, 14)));
    in_section_ = true;
    section_.clear();
    return {Kind::kOther, block.size()};
}

CaptureFormat::Step PcapngFormat::interface(Bytes block) {
    constexpr size_t kHeader = 16;
    if (block.size() < kHeader + 4) return too_short("an interface block", block.size());
    const uint16_t number = order_.u16(block, 8);
    SectionInterface interface {
        0, order_.u32(block, 12), {}
    };
    Interface shown{number, link_type_of(number), {}};
    read_options(block.subspan(kHeader, block.size() - kHeader - 4), interface, shown.name);
    if (section_.size() == kMaxInterfaces || !remember(std::move(shown), interface.index))
        return broken("more than " + std::to_string(kMaxInterfaces) + " interfaces");
    section_.push_back(interface);
    return {Kind::kOther, block.size()};
}

// Files of many sections describe the same interfaces over and over.
bool PcapngFormat::remember(Interface interface, uint32_t& index) {
    constexpr size_t kLookedAt = 64;
    const size_t from = interfaces_.size() - std::min(interfaces_.size(), kLookedAt);
    const auto first = interfaces_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto found = std::find(first, interfaces_.end(), interface);
    index = static_cast<uint32_t>(found - interfaces_.begin());
    if (found != interfaces_.end()) return true;
    if (interfaces_.size() == kMaxInterfaces) return false;
    interfaces_.push_back(std::move(interface));
    return true;
}

// Options that run over the end of their block are not read; the packets can be all the same.
void PcapngFormat::read_options(Bytes options, SectionInterface& interface,
                                std::string& name) const {
    while (options.size() >= 4) {
        const uint16_t code = order_.u16(options, 0);
        const size_t length = order_.u16(options, 2);
        const size_t padded = (length + 3) & ~size_t{3};
        if (code == kEndOfOptions || options.size() - 4 < padded) return;
        const Bytes value = options.subspan(4, length);
        if (code == kTimeResolution && length == 1) interface.clock.set_resolution(value[0]);
        if (code == kTimeOffset && length == 8)
            interface.clock.set_offset(static_cast<int64_t>(order_.u64(value, 0)));
        if (code == kName)
            name.assign(value.begin(),
                        value.begin() + static_cast<std::ptrdiff_t>(std::min(length, kMaxName)));
        options = options.subspan(4 + padded);
    }
}

CaptureFormat::Step PcapngFormat::enhanced_packet(Bytes block, PacketView& packet) {
    constexpr size_t kHeader = 28;
    if (block.size() < kHeader + 4) return too_short("a packet block", block.size());
    packet.wire_len = order_.u32(block, 24);
    const uint64_t time = uint64_t{order_.u32(block, 12)} << 32 | order_.u32(block, 16);
    return packet_of(order_.u32(block, 8), time, block, kHeader, order_.u32(block, 20), packet);
}

// No time, and the captured length is what is left of the block, the snap length and the packet.
CaptureFormat::Step PcapngFormat::simple_packet(Bytes block, PacketView& packet) {
    constexpr size_t kHeader = 12;
    if (block.size() < kHeader + 4) return too_short("a packet block", block.size());
    packet.wire_len = order_.u32(block, 8);
    auto captured = std::min(packet.wire_len, static_cast<uint32_t>(block.size() - kHeader - 4));
    if (!section_.empty() && section_[0].snap_length != 0)
        captured = std::min(captured, section_[0].snap_length);
    return packet_of(0, 0, block, kHeader, captured, packet);
}

CaptureFormat::Step PcapngFormat::old_packet(Bytes block, PacketView& packet) {
    constexpr size_t kHeader = 28;
    if (block.size() < kHeader + 4) return too_short("a packet block", block.size());
    packet.wire_len = order_.u32(block, 24);
    const uint64_t time = uint64_t{order_.u32(block, 12)} << 32 | order_.u32(block, 16);
    return packet_of(order_.u16(block, 8), time, block, kHeader, order_.u32(block, 20), packet);
}

CaptureFormat::Step PcapngFormat::packet_of(uint32_t interface, uint64_t time, Bytes block,
                                            size_t header, uint32_t captured, PacketView& packet) {
    if (captured > block.size() - header - 4)
        return broken("a captured length of " + std::to_string(captured) +
                      " bytes, more than its block holds");
    if (captured > kMaxCaptured)
        return broken("a captured length of " + std::to_string(captured) +
                      " bytes, more than the maximum of " + std::to_string(kMaxCaptured));
    if (interface >= section_.size())
        return broken("a packet of interface " + std::to_string(interface) +
                      ", which is not described");
    const SectionInterface& its = section_[interface];
    packet.time = its.clock.at(time);
    packet.interface = its.index;
    packet.link = interfaces_[its.index].link.value_or(LinkType::kEthernet);
    packet.bytes = block.subspan(header, captured);
    return {Kind::kPacket, block.size()};
}

}  // namespace

std::unique_ptr<CaptureFormat> make_pcapng_format() {
    return std::make_unique<PcapngFormat>();
}

}  // namespace peek
