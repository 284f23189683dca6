// SPDX-License-Identifier: BSD-2-Clause
#include <limits>

#include "capture_reading.h"

namespace peek::test {
namespace {

struct Option {
    uint16_t code;
    std::string value;
};

// Blocks of either byte order.
class Blocks {
  public:
    explicit Blocks(bool big_endian = false) : big_endian_(big_endian) {}

    Blocks& section() {
        return block(0x0a0d0d0a,
                     writer().u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff));
    }
    Blocks& interface(uint32_t link, const std::vector<Option>& options = {},
                      uint32_t snap_length = 0) {
        ByteWriter body = writer();
        body.u16(link).u16(0).u32(snap_length);
        for (const Option& o : options)
            body.u16(o.code).u16(static_cast<uint32_t>(o.value.size())).text(o.value).pad_to_4();
        if (!options.empty()) body.u16(0).u16(0);
        return block(1, body);
    }
    Blocks& packet(uint32_t interface, uint64_t time, const std::string& bytes) {
        ByteWriter body = writer();
        body.u32(interface).u32(static_cast<uint32_t>(time >> 32)).u32(static_cast<uint32_t>(time));
        return data(6, body, bytes);
    }
    Blocks& old_packet(uint32_t interface, uint64_t time, const std::string& bytes) {
        ByteWriter body = writer();
        body.u16(interface).u16(7);
        body.u32(static_cast<uint32_t>(time >> 32)).u32(static_cast<uint32_t>(time));
        return data(2, body, bytes);
    }
    Blocks& simple_packet(uint32_t wire_len, const std::string& bytes) {
        return block(3, writer().u32(wire_len).text(bytes).pad_to_4());
    }
    Blocks& block(uint32_t type, const ByteWriter& body) {
        const auto size = static_cast<uint32_t>(body.bytes().size() + 12);
        bytes_ += writer().u32(type).u32(size).text(body.bytes()).u32(size).bytes();
        return *this;
    }
    ByteWriter writer() const { return ByteWriter(big_endian_); }
    const std::string& bytes() const { return bytes_; }

  private:
    Blocks& data(uint32_t type, ByteWriter& body, const std::string& bytes) {
        const auto size = static_cast<uint32_t>(bytes.size());
        return block(type, body.u32(size).u32(size).text(bytes).pad_to_4());
    }
    bool big_endian_;
    std::string bytes_;
};

std::string resolution(uint8_t value) {
    return std::string(1, static_cast<char>(value));
}

int64_t time_of(const std::vector<Option>& options, uint64_t units) {
    const Read read =
        read_bytes(Blocks().section().interface(1, options).packet(0, units, "p").bytes());
    EXPECT_EQ(read.error, "");
    return read.packets.empty() ? -1 : read.packets[0].time_ns;
}

TEST(Pcapng, AnInterfaceHasATimeUnitOfItsOwn) {
    EXPECT_EQ(time_of({}, 1'500'000), 1'500'000'000);  // microseconds unless it says something else
    EXPECT_EQ(time_of({{9, resolution(0)}}, 3), 3'000'000'000);
    EXPECT_EQ(time_of({{9, resolution(3)}}, 1'500), 1'500'000'000);
    EXPECT_EQ(time_of({{9, resolution(9)}}, 1'500'000'001), 1'500'000'001);
    EXPECT_EQ(time_of({{9, resolution(12)}}, 1'500'000'001'999), 1'500'000'001);
    EXPECT_EQ(time_of({{9, resolution(0x80 | 1)}}, 3), 1'500'000'000);
    EXPECT_EQ(time_of({{9, resolution(0x80 | 32)}}, 0x1'8000'0000), 1'500'000'000);
    EXPECT_EQ(time_of({{9, resolution(0x80 | 127)}}, ~uint64_t{0}), 0);
    EXPECT_EQ(time_of({{9, resolution(127)}}, ~uint64_t{0}), 0);
}

TEST(Pcapng, AnInterfaceHasATimeOffsetOfItsOwn) {
    const std::string minute{'\x3c', 0, 0, 0, 0, 0, 0, 0};
    const std::string minus_one(8, '\xff');
    EXPECT_EQ(time_of({{14, minute}}, 1'000'000), 61'000'000'000);
    EXPECT_EQ(time_of({{14, minus_one}}, 1'500'000), 500'000'000);
    EXPECT_EQ(time_of({{9, resolution(9)}, {14, minute}}, 7), 60'000'000'007);
}

TEST(Pcapng, TimesThatNanosecondsCannotHoldAreClamped) {
    EXPECT_EQ(time_of({{9, resolution(0)}}, ~uint64_t{0}), 9'200'000'000'000'000'000);
    const std::string least{0, 0, 0, 0, 0, 0, 0, '\x80'};
    EXPECT_EQ(time_of({{14, least}}, 0), -9'200'000'000'000'000'000);
}

TEST(Pcapng, SectionsHaveByteOrdersAndInterfacesOfTheirOwn) {
    const std::string file =
        Blocks().section().interface(1).packet(0, 1, "little").bytes() +
        Blocks(true).section().interface(101, {{9, resolution(9)}}).packet(0, 1, "big").bytes();
    const Read read = read_bytes(file);
    EXPECT_EQ(read.error, "");
    const std::vector<Packet> expected{{1000, 1, 6, "little"}, {1, 2, 3, "big"}};
    EXPECT_EQ(read.packets, expected);
}

TEST(Pcapng, InterfacesHaveLinkTypesAndNamesOfTheirOwn) {
    const File file(Blocks()
                        .section()
                        .interface(1, {{2, "eth0"}})
                        .interface(101, {{2, "tun0"}})
                        .packet(1, 0, "raw")
                        .packet(0, 0, "ether")
                        .bytes());
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    const PacketSource::Batch batch = (*source)->next();
    ASSERT_EQ(batch.packets.size(), 2U);
    EXPECT_EQ(batch.packets[0].link, LinkType::kRawIp);
    EXPECT_EQ((*source)->captured_on(batch.packets[0].interface), "tun0");
    EXPECT_EQ(batch.packets[1].link, LinkType::kEthernet);
    EXPECT_EQ((*source)->captured_on(batch.packets[1].interface), "eth0");
    EXPECT_EQ((*source)->interface_name(0), "");
}

TEST(Pcapng, SimpleAndOldPacketBlocksAreRead) {
    const Read read = read_bytes(Blocks()
                                     .section()
                                     .interface(1, {}, 4)
                                     .simple_packet(100, "snap")
                                     .simple_packet(3, "abc")
                                     .old_packet(0, 5, "old")
                                     .bytes());
    const std::vector<Packet> expected{{0, 1, 100, "snap"}, {0, 2, 3, "abc"}, {5000, 3, 3, "old"}};
    EXPECT_EQ(read.packets, expected);
}

TEST(Pcapng, OtherBlocksAndBrokenOptionsArePassedOver) {
    Blocks blocks;
    blocks.section().block(5, blocks.writer().text("statistics  "));
    blocks.block(1, blocks.writer().u16(1).u16(0).u32(0).u16(9).u16(400).u32(0));
    const Read read = read_bytes(blocks.block(0xbad, blocks.writer()).packet(0, 1, "p").bytes());
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.packets, (std::vector<Packet>{{1000, 1, 1, "p"}}));
}

TEST(Pcapng, PacketsOfUnsupportedLinkTypesAreCountedByName) {
    const File file(Blocks()
                        .section()
                        .interface(1)
                        .interface(119)
                        .packet(1, 0, "prism")
                        .packet(0, 0, "ether")
                        .packet(1, 0, "prism")
                        .bytes());
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    const Read read = read_all(**source);
    EXPECT_EQ(read.packets, (std::vector<Packet>{{0, 2, 5, "ether"}}));
    EXPECT_EQ(read.state, State::kEnd);
    const std::map<std::string, uint64_t> expected{{"PRISM_HEADER (119)", 2}};
    EXPECT_EQ((*source)->left_out().unsupported, expected);
}

TEST(Pcapng, AFileOfOnlyUnsupportedLinkTypesIsAnError) {
    const Read read = read_bytes(Blocks().section().interface(119).packet(0, 0, "p").bytes());
    EXPECT_EQ(read.state, State::kFailed);
    EXPECT_EQ(read.error.substr(0, 53), "FILE: link type PRISM_HEADER (119) is not supported; ");
}

struct Broken {
    const char* complaint;
    std::string bytes;
};

TEST(Pcapng, WhatIsBrokenIsNamedAndPacketsBeforeItAreGood) {
    const Blocks front = Blocks().section().interface(1).packet(0, 0, "good");
    const auto with = [&](auto change) {
        Blocks blocks = front;
        change(blocks);
        return blocks.bytes();
    };
    std::string lengths = with([](Blocks& b) { b.packet(0, 0, "p"); });
    lengths[lengths.size() - 4] ^= 4;
    const auto none = ByteWriter(false);
    const std::vector<Broken> kRows{
        {"a packet of interface 1, which is not described",
         with([](Blocks& b) { b.packet(1, 0, "p"); })},
        {"a packet of interface 0, which is not described",
         with([](Blocks& b) { b.section().packet(0, 0, "p"); })},
        {"a captured length of 99 bytes, more than its block holds",
         with([](Blocks& b) { b.block(6, b.writer().u32(0).u32(0).u32(0).u32(99).u32(99)); })},
        {"a captured length of 262145 bytes, more than the maximum of 262144",
         with([](Blocks& b) { b.packet(0, 0, std::string(262145, 'x')); })},
        {"a packet block of only 12 bytes", with([](Blocks& b) { b.block(6, b.writer()); })},
        {"an interface block of only 12 bytes", with([](Blocks& b) { b.block(1, b.writer()); })},
        {"a block length of 11 bytes",
         front.bytes() + ByteWriter(false).u32(6).u32(11).u32(0).bytes()},
        {"a block length of 4294967292 bytes",
         front.bytes() + ByteWriter(false).u32(6).u32(0xfffffffc).u32(0).bytes()},
        {"a block whose two lengths differ (36, 32)", lengths},
        {"a section header without the byte-order magic",
         front.bytes() + ByteWriter(false).u32(0x0a0d0d0a).u32(28).u32(0).bytes()},
    };
    for (const Broken& row : kRows) {
        const Read read = read_bytes(row.bytes);
        EXPECT_EQ(read.error, std::string("FILE: unreadable after 1 packet: ") + row.complaint);
        EXPECT_EQ(read.packets.size(), 1U) << row.complaint;
        EXPECT_EQ(read.dropped,
                  row.bytes.size() - front.bytes().size() -
                      (std::string(row.complaint).find("interface 0") == 12 ? 28 : 0));
    }
}

// No byte of a file can lead outside it: run with sanitizers.
TEST(Pcapng, EveryByteChangedAndEveryEndIsReadSafely) {
    const std::string whole =
        Blocks()
            .section()
            .interface(1, {{2, "eth0"}, {9, resolution(9)}, {14, std::string(8, '\0')}})
            .packet(0, 1, "enhanced")
            .simple_packet(6, "simple")
            .old_packet(0, 1, "old")
            .bytes();
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            EXPECT_LE(read_bytes(changed).packets.size(), 3U);
        }
        EXPECT_LE(read_bytes(whole.substr(0, at)).packets.size(), 3U);
    }
}

}  // namespace
}  // namespace peek::test
