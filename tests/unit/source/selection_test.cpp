// SPDX-License-Identifier: BSD-2-Clause
// Filters, and several files as one source.
#include "capture_reading.h"
#include "source/capture_filter.h"
#include "source/joined_source.h"

namespace peek::test {
namespace {

// Ethernet, IPv4, UDP to the port: as short as a filter can tell it.
std::string udp_to(uint8_t port) {
    std::string frame(42, '\0');
    frame[12] = '\x08';
    frame[14] = '\x45';
    frame[17] = '\x1c';
    frame[23] = '\x11';
    frame[37] = static_cast<char>(port);
    return frame;
}

std::string capture_of(const std::vector<uint8_t>& ports, uint32_t link = 1) {
    std::vector<CapturedPacket> packets;
    for (const uint8_t port : ports) packets.push_back({port, 0, 42, udp_to(port)});
    return pcap_bytes({false, false, link}, packets);
}

std::vector<uint64_t> ordinals(const Read& read) {
    std::vector<uint64_t> all;
    for (const Packet& packet : read.packets) all.push_back(packet.ordinal);
    return all;
}

TEST(CaptureFilter, OnlyWhatItSelectsIsReturnedUnderItsOwnNumber) {
    auto filter = CaptureFilter::create("udp dst port 53");
    ASSERT_TRUE(filter);
    const File file(capture_of({53, 80, 53, 80}));
    auto source = open_pcap(file.path(), filter->get());
    ASSERT_TRUE(source);
    EXPECT_EQ(ordinals(read_all(**source)), (std::vector<uint64_t>{1, 3}));
    EXPECT_EQ((*source)->left_out().unselected, 2U);
    EXPECT_EQ((*source)->packets_read(), 4U);
}

TEST(CaptureFilter, IsCompiledForTheLinkTypeOfEachInterface) {
    auto filter = CaptureFilter::create("udp dst port 53");
    ASSERT_TRUE(filter);
    std::string file = pcapng_header() + pcapng_interface(1) + pcapng_interface(101);
    for (const uint8_t port : {80, 53}) {
        const std::string frame = udp_to(port);
        file += pcapng_packet(0, {1, 0, 42, frame});
        file += pcapng_packet(1, {1, 0, 28, frame.substr(14)});
    }
    EXPECT_EQ(ordinals(read_bytes(file, filter->get())), (std::vector<uint64_t>{3, 4}));
}

TEST(CaptureFilter, WhatNoLinkTypeTakesIsWrongUsage) {
    auto filter = CaptureFilter::create("tcp port port");
    ASSERT_FALSE(filter);
    EXPECT_EQ(filter.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(filter.error().text.substr(0, 24), "filter 'tcp port port': ");
}

TEST(CaptureFilter, WhatDoesNotFitTheLinkTypeIsAnErrorOfTheFile) {
    auto filter = CaptureFilter::create("type mgt");
    ASSERT_TRUE(filter) << filter.error().text;
    const File file(capture_of({53}));
    auto source = open_pcap(file.path(), filter->get());
    ASSERT_FALSE(source);
    EXPECT_NE(source.error().text.find("(link type EN10MB (1))"), std::string::npos)
        << source.error().text;
}

TEST(JoinedSource, FilesFollowEachOtherAndOrdinalsRunOn) {
    const File first(capture_of({1, 2, 3}));
    const File second(capture_of({4, 5}));
    JoinedSource source({first.path(), second.path()}, nullptr,
                        [](const Error& e) { ADD_FAILURE() << e.text; });
    std::vector<std::string> seen;
    PacketSource::Batch batch;
    int idle = 0;
    do {
        batch = source.next();
        for (const PacketView& p : batch.packets) {
            const std::string file = p.interface == 0 ? first.path() : second.path();
            EXPECT_EQ(source.file_name(p.interface), file);
            seen.push_back(std::to_string(p.bytes[37]) + " is " + std::to_string(p.ordinal) + ", " +
                           std::to_string(p.ordinal - source.ordinals_before(p.interface)));
        }
        EXPECT_TRUE(batch.packets.empty() || source.stable());
        idle += batch.state == State::kIdle ? 1 : 0;
    } while (batch.state == State::kMore || batch.state == State::kIdle);
    EXPECT_EQ(idle, 2);  // behind each file: what comes next may be a pipe
    EXPECT_EQ(seen, (std::vector<std::string>{"1 is 1, 1", "2 is 2, 2", "3 is 3, 3", "4 is 4, 1",
                                              "5 is 5, 2"}));
    EXPECT_EQ(batch.state, State::kEnd);
    EXPECT_EQ(source.packets_read(), 5U);
}

TEST(JoinedSource, WhatCannotBeReadIsToldAndTheNextFileFollows) {
    const File cut(capture_of({1, 2}) + "cut");
    const File whole(capture_of({3}));
    std::vector<std::string> problems;
    JoinedSource source({cut.path(), "no/such.pcap", whole.path()}, nullptr,
                        [&](const Error& e) { problems.push_back(e.text); });
    const Read read = read_all(source);
    EXPECT_EQ(read.packets.size(), 3U);
    EXPECT_EQ(read.state, State::kFailed);
    EXPECT_EQ(read.dropped, 3U);
    EXPECT_EQ(problems,
              (std::vector<std::string>{
                  cut.path() + ": cut off after 2 packets: the last 3 bytes are no whole packet",
                  "no/such.pcap: No such file or directory"}));
}

// Streams may still look at the bytes of a file that ended long ago.
TEST(JoinedSource, AFileThatIsCutAfterItsEndIsAnError) {
    const File first(capture_of({1, 2}));
    const File second(capture_of({3}));
    std::vector<std::string> problems;
    JoinedSource source({first.path(), second.path()}, nullptr,
                        [&](const Error& e) { problems.push_back(e.text); });
    EXPECT_EQ(read_all(source).packets.size(), 3U);
    EXPECT_FALSE(source.error());
    ASSERT_EQ(::truncate(first.path().c_str(), 30), 0);
    ASSERT_TRUE(source.error());
    EXPECT_EQ(source.error()->text, first.path() +
                                        ": cut off after 2 packets: it was cut, or "
                                        "could not be read, while it was inspected");
    EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace peek::test
