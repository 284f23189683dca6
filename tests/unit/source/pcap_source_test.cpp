// SPDX-License-Identifier: BSD-2-Clause
#include "source/pcap_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "capture_reading.h"

namespace peek::test {
namespace {

std::string open_error(const std::string& bytes) {
    const File file(bytes);
    auto source = open_pcap(file.path());
    if (source) return "opened";
    EXPECT_EQ(source.error().kind, ErrorKind::kFailed);
    return source.error().text.substr(file.path().size());
}

TEST(PcapSource, ReadsBothByteOrdersAndResolutions) {
    for (const bool big_endian : {false, true}) {
        for (const bool nanoseconds : {false, true}) {
            const Read read = read_bytes(pcap_bytes({big_endian, nanoseconds}, kThree));
            EXPECT_EQ(read.packets, three_at(nanoseconds ? 1 : 1000));
            EXPECT_EQ(read.state, State::kEnd);
            EXPECT_EQ(read.error, "");
            EXPECT_EQ(read.dropped, 0U);
        }
    }
}

TEST(PcapSource, ReadsPcapng) {
    std::string file = pcapng_header() + pcapng_interface(1);
    for (const CapturedPacket& packet : kThree) file += pcapng_packet(0, packet);
    const Read read = read_bytes(file);
    EXPECT_EQ(read.packets, three_at(1));
    EXPECT_EQ(read.state, State::kEnd);
}

TEST(PcapSource, PacketsCarryNothingThatAFileDoesNotKnow) {
    const File file(pcap_bytes({}, {kThree[0]}));
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    const PacketSource::Batch batch = (*source)->next();
    ASSERT_EQ(batch.packets.size(), 1U);
    const PacketView& view = batch.packets[0];
    EXPECT_EQ(view.hook, Hook::kNone);
    EXPECT_EQ(view.interface, 0U);
    EXPECT_EQ(view.vlan_tci, std::nullopt);
    EXPECT_EQ(view.families, kAllFamiliesMask);
    EXPECT_TRUE(view.probes.empty());
    EXPECT_EQ((*source)->interface_name(0), "");
    EXPECT_EQ((*source)->file_name(0), file.path());
}

TEST(PcapSource, StaysAtItsEnd) {
    const File file(pcap_bytes({}, kThree));
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(**source).packets.size(), 3U);
    for (int i = 0; i < 2; ++i) {
        const PacketSource::Batch batch = (*source)->next();
        EXPECT_EQ(batch.state, State::kEnd);
        EXPECT_TRUE(batch.packets.empty());
    }
}

TEST(PcapSource, ManyPacketsComeInBatchesWhoseViewsAreAllValid) {
    std::vector<CapturedPacket> packets;
    std::vector<Packet> expected;
    for (uint32_t i = 0; i < 1000; ++i) {
        const std::string bytes(i * 7 % 3000, static_cast<char>('a' + i % 26));
        packets.push_back({i, 0, static_cast<uint32_t>(bytes.size()), bytes});
        expected.push_back(
            {int64_t{i} * 1'000'000'000, i + 1, static_cast<uint32_t>(bytes.size()), bytes});
    }
    EXPECT_EQ(read_bytes(pcap_bytes({}, packets)).packets, expected);
}

TEST(PcapSource, PacketsLargerThanABatchAreRead) {
    const std::string large(262144, 'L');
    const CapturedPacket packet{1, 0, 262144, large};
    const Read read = read_bytes(pcap_bytes({}, {kThree[0], packet, packet}));
    ASSERT_EQ(read.packets.size(), 3U);
    EXPECT_EQ(read.packets[0].bytes, "first");
    EXPECT_EQ(read.packets[1].bytes, large);
    EXPECT_EQ(read.packets[2].bytes, large);
}

TEST(PcapSource, EveryLinkTypeThatIsDecodedIsRead) {
    const std::vector<std::pair<uint32_t, LinkType>> kKnown{
        {1, LinkType::kEthernet},
        {101, LinkType::kRawIp},
        {12, LinkType::kRawIp},
        {14, LinkType::kRawIp},
        {228, LinkType::kRawIp},
        {229, LinkType::kRawIp},
        {113, LinkType::kLinuxCooked},
        {276, LinkType::kLinuxCooked2},
        {0, LinkType::kNullHost},
        {108, LinkType::kNullNetwork},
        {105, LinkType::kIeee80211},
        {127, LinkType::kRadiotap},
        {9, LinkType::kPpp},
        {50, LinkType::kPppSerial},
        {51, LinkType::kPppoe},
        {166, LinkType::kPppDirection},
        {204, LinkType::kPppDirection},
        {104, LinkType::kCiscoHdlc},
        {239, LinkType::kNflog},
        {100, LinkType::kLlc},
        {11, LinkType::kLlc},
    };
    for (const auto& [number, link] : kKnown) {
        SCOPED_TRACE(number);
        const File file(pcap_bytes({false, false, number}, {kThree[0]}));
        auto source = open_pcap(file.path());
        ASSERT_TRUE(source);
        const PacketSource::Batch batch = (*source)->next();
        ASSERT_EQ(batch.packets.size(), 1U);
        EXPECT_EQ(batch.packets[0].link, link);
    }
}

TEST(PcapSource, OtherLinkTypesAreRefusedByName) {
    EXPECT_EQ(open_error(pcap_header({false, false, 119})),
              ": link type PRISM_HEADER (119) is not supported; supported are Ethernet, Linux "
              "cooked capture v1 and v2, raw IP, BSD loopback (NULL, LOOP), IEEE 802.11 with and "
              "without radiotap, PPP, PPPoE, Cisco HDLC, NFLOG and RFC 1483 (LLC/SNAP)");
    EXPECT_EQ(open_error(pcap_header({false, false, 60000})).substr(0, 44),
              ": link type unknown (60000) is not supported");
}

TEST(PcapSource, AClassicFileCutAnywhereGivesItsWholePackets) {
    for (const bool big_endian : {false, true}) {
        const PcapForm form{big_endian};
        const std::string whole = pcap_bytes(form, kThree);
        std::vector<size_t> ends{pcap_header(form).size()};
        for (const CapturedPacket& p : kThree) ends.push_back(ends.back() + 16 + p.bytes.size());
        for (size_t size = ends[0]; size < whole.size(); ++size) {
            SCOPED_TRACE(size);
            size_t packets = 0;
            while (ends[packets + 1] <= size) ++packets;
            const Read read = read_bytes(whole.substr(0, size));
            EXPECT_EQ(read.packets.size(), packets);
            EXPECT_EQ(read.dropped, size - ends[packets]);
            EXPECT_EQ(read.state, size == ends[packets] ? State::kEnd : State::kFailed);
        }
    }
}

TEST(PcapSource, APcapngFileCutAnywhereGivesItsWholePackets) {
    const std::string front = pcapng_header() + pcapng_interface(1);
    std::string whole = front;
    std::vector<size_t> ends{front.size()};
    for (const CapturedPacket& packet : kThree) {
        whole += pcapng_packet(0, packet);
        ends.push_back(whole.size());
    }
    for (size_t size = front.size(); size < whole.size(); ++size) {
        SCOPED_TRACE(size);
        size_t packets = 0;
        while (ends[packets + 1] <= size) ++packets;
        const Read read = read_bytes(whole.substr(0, size));
        EXPECT_EQ(read.packets.size(), packets);
        EXPECT_EQ(read.dropped, size - ends[packets]);
        EXPECT_EQ(read.state, size == ends[packets] ? State::kEnd : State::kFailed);
    }
}

TEST(PcapSource, ACutOffFileSaysAfterHowManyPackets) {
    const std::string whole = pcap_bytes({}, kThree);
    EXPECT_EQ(read_bytes(whole.substr(0, whole.size() - 6)).error,
              "FILE: cut off after 2 packets: the last 10 bytes are no whole packet");
    EXPECT_EQ(read_bytes(whole.substr(0, 24 + 16 + 5 + 16 + 3)).error,
              "FILE: cut off after 1 packet: the last 19 bytes are no whole packet");
    EXPECT_EQ(read_bytes(pcap_header({}) + "c").error,
              "FILE: cut off after 0 packets: the last 1 byte is no whole packet");
}

TEST(PcapSource, AnAbsurdLengthEndsTheFileBehindItsWholePackets) {
    std::string record = pcap_record({}, kThree[1]);
    record[10] = '\x04';  // the captured length: 262,144 + 6
    const Read read = read_bytes(pcap_bytes({}, {kThree[0]}) + record);
    EXPECT_EQ(read.packets.size(), 1U);
    EXPECT_EQ(read.error,
              "FILE: unreadable after 1 packet: a captured length of 262150 bytes, more than the "
              "maximum of 262144");
    EXPECT_EQ(read.dropped, record.size());
}

TEST(PcapSource, AFileOfHeadersOnlyIsWhole) {
    EXPECT_EQ(read_bytes(pcap_header({})).state, State::kEnd);
    EXPECT_EQ(read_bytes(pcapng_header() + pcapng_interface(1)).state, State::kEnd);
}

TEST(PcapSource, ModifiedFormsAreReadByLibpcap) {
    std::string header = pcap_header({});
    header[0] = '\x34';  // Kuznetzov's: eight bytes more in each record
    header[1] = '\xcd';
    std::string file = header;
    for (const CapturedPacket& packet : kThree) {
        std::string record = pcap_record({}, packet);
        file += record.insert(16, 8, '\0');
    }
    EXPECT_EQ(read_bytes(file).packets, three_at(1000));
    EXPECT_EQ(read_bytes(file).state, State::kEnd);
    const Read cut = read_bytes(file + "cut");
    EXPECT_EQ(cut.packets.size(), 3U);
    EXPECT_EQ(cut.dropped, 3U);
    EXPECT_EQ(cut.state, State::kFailed);
}

TEST(PcapSource, ACutBehindManyBatchesIsFound) {
    const std::vector<CapturedPacket> packets(777, kThree[0]);
    const Read read = read_bytes(pcap_bytes({}, packets) + "cut");
    EXPECT_EQ(read.packets.size(), 777U);
    EXPECT_EQ(read.dropped, 3U);
    EXPECT_EQ(read.state, State::kFailed);
}

TEST(PcapSource, StaysFailed) {
    const File file(pcap_bytes({}, kThree) + "cut");
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(**source).state, State::kFailed);
    for (int i = 0; i < 2; ++i) {
        const PacketSource::Batch batch = (*source)->next();
        EXPECT_EQ(batch.state, State::kFailed);
        EXPECT_TRUE(batch.packets.empty());
        EXPECT_EQ((*source)->bytes_dropped(), 3U);
    }
}

TEST(PcapSource, FilesThatAreNoCaptureAreRefused) {
    EXPECT_EQ(open_error(""), ": empty, not a capture file");
    EXPECT_EQ(open_error("not a capture at all, but a text"),
              ": not a capture that libpcap can read (unknown file format)");
    const std::string header = pcap_header({});
    for (size_t size = 1; size < header.size(); ++size) {
        EXPECT_EQ(open_error(header.substr(0, size)),
                  ": not a capture: " + std::to_string(size) +
                      " bytes are shorter than a capture's header");
    }
}

TEST(PcapSource, FilesThatCannotBeOpenedAreErrorsOfTheSystem) {
    auto missing = open_pcap("no/such.pcap");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().text, "no/such.pcap: No such file or directory");
    EXPECT_EQ(missing.error().errnum, ENOENT);

    auto folder = open_pcap(".");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().text, ".: Is a directory");
}

TEST(PcapSource, APipeThatPausesIsToldBeforeItIsWaitedFor) {
    Pipe pipe;
    const StandardInput input(pipe.out.get());
    pipe.write(pcap_bytes({}, kThree));
    auto source = open_pcap("-");
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->next().state, State::kIdle);
}

TEST(PcapSource, BytesOfAFileStayAndThoseOfAPipeDoNot) {
    const File file(pcap_bytes({}, kThree));
    EXPECT_TRUE((*open_pcap(file.path()))->stable());
    Pipe pipe;
    const StandardInput input(pipe.out.get());
    pipe.write(pcap_bytes({}, kThree));
    EXPECT_FALSE((*open_pcap("-"))->stable());
}

TEST(PcapSource, DashReadsStandardInput) {
    Pipe pipe;
    const StandardInput input(pipe.out.get());
    std::thread writer([fd = pipe.in.release()] {
        const Fd end(fd);
        // Byte by byte, so that reads end anywhere.
        for (const char c : pcap_bytes({}, kThree)) EXPECT_EQ(::write(end.get(), &c, 1), 1);
    });
    const Read read = read_path("-");
    writer.join();
    EXPECT_EQ(read.packets, three_at(1000));
    EXPECT_EQ(read.state, State::kEnd);
}

TEST(PcapSource, DashThatEndsTooEarlyIsNamedAsGiven) {
    Pipe pipe;
    const StandardInput input(pipe.out.get());
    pipe.write(pcap_bytes({}, kThree) + "cut");
    pipe.in.reset();
    const Read read = read_path("-");
    EXPECT_EQ(read.packets.size(), 3U);
    EXPECT_EQ(read.error.substr(0, 27), "-: cut off after 3 packets:");
    EXPECT_EQ(read.dropped, 3U);
}

TEST(PcapSource, DashOfARegularFileKnowsWhatWasDropped) {
    const File file(pcap_bytes({}, kThree) + "cut");
    const Fd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    const StandardInput input(fd.get());
    EXPECT_EQ(read_path("-").dropped, 3U);
}

TEST(PcapSource, APausingPipeDoesNotHoldBackThePacketsItHasSent) {
    Pipe pipe;
    const StandardInput input(pipe.out.get());
    pipe.write(pcap_bytes({}, {kThree[0], kThree[1]}));
    auto source = open_pcap("-");
    ASSERT_TRUE(source);
    size_t packets = 0;
    while (packets < 2) packets += (*source)->next().packets.size();  // blocks if they are held
    EXPECT_EQ(packets, 2U);

    pipe.write(pcap_record({}, kThree[2]));
    pipe.in.reset();
    const Read rest = read_all(**source);
    EXPECT_EQ(rest.packets.size(), 1U);
    EXPECT_EQ(rest.state, State::kEnd);
}

TEST(PcapSource, ClosingASourceLeavesStandardInputOpen) {
    const File file(pcap_bytes({}, kThree));
    const Fd fd(::open(file.path().c_str(), O_RDONLY | O_CLOEXEC));
    const StandardInput input(fd.get());
    read_path("-");
    EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), 0);
}

}  // namespace
}  // namespace peek::test
