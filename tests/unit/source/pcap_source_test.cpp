// SPDX-License-Identifier: BSD-2-Clause
#include "source/pcap_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "capture_bytes.h"
#include "util/fd.h"

namespace peek::test {
namespace {

using State = PacketSource::State;

// A file of the given bytes that lives as long as the object.
class File {
  public:
    explicit File(const std::string& bytes) : path_(testing::TempDir() + "peek-XXXXXX") {
        const Fd fd(::mkstemp(path_.data()));
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ~File() { ::unlink(path_.c_str()); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// Descriptor 0 is something else as long as the object lives.
class StandardInput {
  public:
    explicit StandardInput(int fd) : saved_(::dup(STDIN_FILENO)) { ::dup2(fd, STDIN_FILENO); }
    ~StandardInput() { ::dup2(saved_.get(), STDIN_FILENO); }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

  private:
    Fd saved_;
};

struct Pipe {
    Pipe() {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) == 0) {
            out.reset(fds[0]);
            in.reset(fds[1]);
        }
    }
    void write(const std::string& bytes) const {
        ASSERT_EQ(::write(in.get(), bytes.data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
    }
    Fd out;
    Fd in;
};

struct Packet {
    int64_t time_ns;
    uint64_t ordinal;
    uint32_t wire_len;
    std::string bytes;
    bool operator==(const Packet&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Packet& p) {
    return out << p.ordinal << ": " << p.time_ns << " ns, " << p.wire_len << " B, " << p.bytes;
}

struct Read {
    std::vector<Packet> packets;
    State state = State::kMore;
    std::string error;
    uint64_t dropped = 0;
};

Read read_all(PacketSource& source) {
    Read read;
    while (read.state == State::kMore) {
        const PacketSource::Batch batch = source.next();
        read.state = batch.state;
        for (const PacketView& view : batch.packets) {
            read.packets.push_back({to_ns(view.time), view.ordinal, view.wire_len,
                                    std::string(view.bytes.begin(), view.bytes.end())});
        }
    }
    if (source.error()) read.error = source.error()->text;
    read.dropped = source.bytes_dropped();
    return read;
}

Read read_path(const std::string& path) {
    auto source = open_pcap(path);
    if (!source) return {{}, State::kFailed, source.error().text, 0};
    return read_all(**source);
}

Read read_bytes(const std::string& bytes) {
    const File file(bytes);
    Read read = read_path(file.path());
    if (read.error.rfind(file.path(), 0) == 0) read.error.replace(0, file.path().size(), "FILE");
    return read;
}

std::string open_error(const std::string& bytes) {
    const File file(bytes);
    auto source = open_pcap(file.path());
    if (source) return "opened";
    EXPECT_EQ(source.error().kind, ErrorKind::kFailed);
    return source.error().text.substr(file.path().size());
}

const std::vector<CapturedPacket> kThree{
    {1477864862, 123456, 5, "first"}, {1477864862, 999999, 1500, "second"}, {2000000000, 0, 0, ""}};

std::vector<Packet> three_at(int64_t unit_ns) {
    return {{1477864862'000000000 + 123456 * unit_ns, 1, 5, "first"},
            {1477864862'000000000 + 999999 * unit_ns, 2, 1500, "second"},
            {2000000000'000000000, 3, 0, ""}};
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
    EXPECT_EQ((*source)->file_name(), file.path());
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
        {1, LinkType::kEthernet},      {101, LinkType::kRawIp},        {12, LinkType::kRawIp},
        {14, LinkType::kRawIp},        {228, LinkType::kRawIp},        {229, LinkType::kRawIp},
        {113, LinkType::kLinuxCooked}, {276, LinkType::kLinuxCooked2}, {0, LinkType::kNullHost},
        {108, LinkType::kNullNetwork},
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
    EXPECT_EQ(open_error(pcap_header({false, false, 127})),
              ": link type IEEE802_11_RADIO (127) is not supported; supported are Ethernet, raw "
              "IP, Linux cooked capture v1 and v2, BSD loopback (NULL, LOOP)");
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
              "FILE: cut off after 2 packets: truncated dump file; tried to read 16 header bytes, "
              "only got 10");
    EXPECT_EQ(read_bytes(whole.substr(0, 24 + 16 + 5 + 16 + 3)).error,
              "FILE: cut off after 1 packet: truncated dump file; tried to read 6 captured bytes, "
              "only got 3");
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

TEST(PcapSource, ASecondLinkTypeInAPcapngFileIsUnreadableNotCutOff) {
    const std::string front = pcapng_header() + pcapng_interface(1) + pcapng_packet(0, kThree[0]);
    const std::string rest = pcapng_interface(101) + pcapng_packet(1, kThree[1]);
    const Read read = read_bytes(front + rest);
    EXPECT_EQ(read.packets.size(), 1U);
    EXPECT_EQ(read.state, State::kFailed);
    EXPECT_EQ(read.error.substr(0, 33), "FILE: unreadable after 1 packet: ");
    EXPECT_EQ(read.dropped, rest.size());
}

TEST(PcapSource, TimesThatNanosecondsCannotHoldAreClamped) {
    std::string interface = pcapng_interface(1);
    interface[20] = '\0';  // if_tsresol: whole seconds
    std::string packet = pcapng_packet(0, kThree[0]);
    packet[12] = '\x7f';  // the high half of the time
    const Read read = read_bytes(pcapng_header() + interface + packet);
    ASSERT_EQ(read.packets.size(), 1U);
    EXPECT_EQ(read.packets[0].time_ns, 9'200'000'000'000'000'000);
}

TEST(PcapSource, FilesThatAreNoCaptureAreRefused) {
    EXPECT_EQ(open_error(""), ": empty, not a capture file");
    EXPECT_EQ(open_error("not a capture at all, but a text"),
              ": not a capture that libpcap can read (unknown file format)");
    EXPECT_EQ(open_error(std::string("\x1f\x8b\x08\x00 compressed bytes", 21)),
              ": not a capture that libpcap can read (unknown file format); it looks compressed by "
              "gzip: decompress it first");
    const std::string header = pcap_header({});
    for (size_t size = 1; size < header.size(); ++size) {
        EXPECT_EQ(open_error(header.substr(0, size)).substr(0, 38),
                  ": not a capture that libpcap can read ");
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
    EXPECT_EQ(read.dropped, 0U);
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
