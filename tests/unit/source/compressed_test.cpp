// SPDX-License-Identifier: BSD-2-Clause
#include <archive.h>
#include <archive_entry.h>
#include <sys/resource.h>

#include <thread>

#include "capture_reading.h"

namespace peek::test {
namespace {

// `zip`: an archive of one file for each of `contents`; else a filter of libarchive's over the one.
std::string compressed(const std::string& how, const std::vector<std::string>& contents) {
    archive* a = archive_write_new();
    if (how == "zip") {
        archive_write_set_format_zip(a);
    } else {
        archive_write_set_format_raw(a);
        archive_write_add_filter_by_name(a, how.c_str());
    }
    archive_write_set_bytes_in_last_block(a, 1);
    std::string out(size_t{1} << 22, '\0');
    size_t used = 0;
    archive_write_open_memory(a, out.data(), out.size(), &used);
    for (const std::string& content : contents) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, "capture.pcap");
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        archive_write_header(a, entry);
        archive_write_data(a, content.data(), content.size());
        archive_entry_free(entry);
    }
    archive_write_close(a);
    archive_write_free(a);
    return out.substr(0, used);
}

const std::vector<std::string> kAll{"gzip", "xz", "zstd", "bzip2", "zip"};

// Does not compress, so that a cut is somewhere in it.
std::string noise_capture() {
    std::vector<CapturedPacket> packets;
    uint32_t state = 1;
    for (uint32_t i = 0; i < 1000; ++i) {
        std::string bytes(500, '\0');
        for (char& c : bytes) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
        packets.push_back({i, 0, 500, bytes});
    }
    return pcap_bytes({}, packets);
}

TEST(Compressed, CapturesAreReadByTheirContent) {
    for (const std::string& how : kAll) {
        SCOPED_TRACE(how);
        const Read read = read_bytes(compressed(how, {pcap_bytes({}, kThree)}));
        EXPECT_EQ(read.error, "");
        EXPECT_EQ(read.packets, three_at(1000));
        std::string pcapng = pcapng_header() + pcapng_interface(1);
        for (const CapturedPacket& packet : kThree) pcapng += pcapng_packet(0, packet);
        EXPECT_EQ(read_bytes(compressed(how, {pcapng})).packets, three_at(1));
    }
}

TEST(Compressed, StandardInputToo) {
    for (const std::string& how : kAll) {
        SCOPED_TRACE(how);
        Pipe pipe;
        const StandardInput input(pipe.out.get());
        const std::string bytes = compressed(how, {noise_capture()});
        std::thread writer([&, fd = pipe.in.release()] {
            const Fd end(fd);
            for (size_t at = 0; at < bytes.size();) {
                const ssize_t count = ::write(end.get(), bytes.data() + at, bytes.size() - at);
                if (count <= 0) break;
                at += static_cast<size_t>(count);
            }
        });
        const Read read = read_path("-");
        writer.join();
        EXPECT_EQ(read.error, "");
        EXPECT_EQ(read.packets.size(), 1000U);
    }
}

TEST(Compressed, TwiceIsReadToo) {
    EXPECT_EQ(read_bytes(compressed("xz", {compressed("gzip", {pcap_bytes({}, kThree)})})).packets,
              three_at(1000));
}

TEST(Compressed, ACutStreamGivesItsWholePacketsAndAnError) {
    const std::string capture = noise_capture();
    for (const std::string& how : kAll) {
        SCOPED_TRACE(how);
        const std::string whole = compressed(how, {capture});
        const Read read = read_bytes(whole.substr(0, whole.size() * 9 / 10));
        EXPECT_EQ(read.state, State::kFailed);
        EXPECT_NE(read.error.find(how + ": "), std::string::npos) << read.error;
        // bzip2 gives nothing of a block before its end.
        if (how != "bzip2") {
            EXPECT_GT(read.packets.size(), 500U);
        }
        EXPECT_LT(read.packets.size(), 1000U);
    }
}

TEST(Compressed, ACaptureThatIsCutInsideIsReportedLikeAPlainOne) {
    const Read read = read_bytes(compressed("gzip", {pcap_bytes({}, kThree) + "cut"}));
    EXPECT_EQ(read.packets.size(), 3U);
    EXPECT_EQ(read.error, "FILE: cut off after 3 packets: the last 3 bytes are no whole packet");
}

TEST(Compressed, WhatIsNoCaptureInsideIsRefused) {
    for (const std::string& how : kAll) {
        const File file(compressed(how, {"a text"}));
        auto source = open_pcap(file.path());
        ASSERT_FALSE(source) << how;
        EXPECT_NE(source.error().text.find("not a capture"), std::string::npos) << how;
    }
}

TEST(Compressed, GarbageBehindAMagicNumberIsAnError) {
    for (const std::string& magic :
         std::vector<std::string>{"\x1f\x8b", std::string("\xfd\x37zXZ\0", 6), "\x28\xb5\x2f\xfd",
                                  "BZh", "PK\x03\x04"}) {
        const File file(magic + " is followed by no such thing");
        EXPECT_FALSE(open_pcap(file.path()));
    }
}

TEST(Compressed, ASecondFileInAZipArchiveIsNotPassedOverInSilence) {
    const std::string one = pcap_bytes({}, kThree);
    const Read read = read_bytes(compressed("zip", {one, one}));
    EXPECT_EQ(read.packets.size(), 3U);
    EXPECT_EQ(read.state, State::kFailed);
    EXPECT_NE(read.error.find("more than one file"), std::string::npos) << read.error;
}

// 400 MB of packets in 400 KB.
TEST(Compressed, ABombIsReadInBoundedMemory) {
    std::string zeros;
    for (uint32_t i = 0; i < 20; ++i)
        zeros += pcap_record({}, {i, 0, 200'000, std::string(200'000, '\0')});
    std::string member = pcap_header({}) + zeros;
    std::string bomb = compressed("gzip", {member});
    const std::string more = compressed("gzip", {zeros});
    for (int i = 0; i < 99; ++i) bomb += more;
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const File file(bomb);
    auto source = open_pcap(file.path());
    ASSERT_TRUE(source);
    uint64_t packets = 0;
    PacketSource::Batch batch;
    do {
        batch = (*source)->next();
        packets += batch.packets.size();
    } while (batch.state == State::kMore || batch.state == State::kIdle);
    EXPECT_EQ(packets, 2000U);
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);
}

}  // namespace
}  // namespace peek::test
