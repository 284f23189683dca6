// SPDX-License-Identifier: BSD-2-Clause
// What is written reads back with libpcap; comments, which libpcap skips, stand where the format
// has them.
#include "sink/pcapng_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "util/fd.h"

namespace peek {
namespace {

class PcapngWriterTest : public testing::Test {
  protected:
    ~PcapngWriterTest() override { std::remove(path_.c_str()); }

    std::string content() const {
        std::ifstream file(path_, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::string path_ = testing::TempDir() + "pcapng_writer_test." + std::to_string(::getpid());
    Fd fd_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
};

TEST_F(PcapngWriterTest, PacketsReadBackAsTheyWere) {
    PcapngWriter writer(fd_.get(), "test");
    const std::array<uint8_t, 5> bytes{1, 2, 3, 4, 5};
    const uint32_t interface = writer.add_interface(101, "eth0", "a.pcap");
    const std::vector<std::string> comments{"first", "another one"};
    writer.add({interface, timestamp_from_ns(1'477'864'862'123'456'789), 1500, bytes, comments});
    writer.add({interface, timestamp_from_ns(-5), 5, bytes, {}});
    ASSERT_EQ(writer.finish(), 0);

    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    pcap_t* pcap = pcap_open_offline_with_tstamp_precision(
        path_.c_str(), PCAP_TSTAMP_PRECISION_NANO, reason.data());
    ASSERT_NE(pcap, nullptr) << reason.data();
    EXPECT_EQ(pcap_datalink(pcap), DLT_RAW);
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    ASSERT_EQ(pcap_next_ex(pcap, &header, &data), 1);
    EXPECT_EQ(header->ts.tv_sec, 1'477'864'862);
    EXPECT_EQ(header->ts.tv_usec, 123'456'789);
    EXPECT_EQ(header->len, 1500U);
    ASSERT_EQ(header->caplen, bytes.size());
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), data));
    ASSERT_EQ(pcap_next_ex(pcap, &header, &data), 1);
    EXPECT_EQ(header->ts.tv_sec, 0);
    EXPECT_EQ(pcap_next_ex(pcap, &header, &data), PCAP_ERROR_BREAK);
    pcap_close(pcap);
    EXPECT_NE(content().find(std::string("\1\0\5\0first\0\0\0\1\0\13\0another one\0", 29)),
              std::string::npos);
}

TEST_F(PcapngWriterTest, EveryInterfaceHasItsOwnNumber) {
    PcapngWriter writer(fd_.get(), "test");
    EXPECT_EQ(writer.add_interface(1, "", ""), 0U);
    EXPECT_EQ(writer.add_interface(113, "any", ""), 1U);
}

TEST(PcapngWriterErrorTest, AFullDiskIsSaid) {
    const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    PcapngWriter writer(full.get(), "test");
    EXPECT_EQ(writer.finish(), ENOSPC);
}

}  // namespace
}  // namespace peek
