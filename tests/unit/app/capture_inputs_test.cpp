// SPDX-License-Identifier: BSD-2-Clause
#include "app/capture_inputs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace peek {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// The current directory is an empty one of its own.
class CaptureInputsTest : public testing::Test {
  protected:
    CaptureInputsTest() : before_(fs::current_path()) {
        std::string path = testing::TempDir() + "peek-inputs-XXXXXX";
        directory_ = ::mkdtemp(path.data());
        fs::current_path(directory_);
    }
    ~CaptureInputsTest() override {
        fs::current_path(before_);
        fs::remove_all(directory_);
    }
    static void write(const std::string& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
    }
    static void capture(const std::string& path) {
        write(path, std::string("\xd4\xc3\xb2\xa1\x02\0\x04\0", 8) + std::string(16, '\0'));
    }
    static std::string error_of(const Words& read, const Words& words) {
        auto inputs = list_inputs(read, words);
        if (inputs) return "none";
        EXPECT_EQ(inputs.error().kind, ErrorKind::kUsage);
        return inputs.error().text;
    }

  private:
    fs::path before_;
    fs::path directory_;
};

TEST_F(CaptureInputsTest, WordsAreFilesUntilOneIsNotThere) {
    capture("a.pcap");
    capture("b");
    auto inputs = list_inputs({}, {"a.pcap", "b", "-", "tcp", "port", "80", "or", "host", "b"});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->files, (Words{"a.pcap", "b", "-"}));
    EXPECT_EQ(inputs->filter, "tcp port 80 or host b");
}

TEST_F(CaptureInputsTest, TheFirstWordIsAFileWhetherItIsThereOrNot) {
    EXPECT_EQ(error_of({}, {"missing"}), "missing: no such file or directory");
    EXPECT_EQ(error_of({"missing"}, {}), "missing: no such file or directory");
    capture("a");
    EXPECT_EQ(error_of({"a", "missing"}, {}), "missing: no such file or directory");
}

TEST_F(CaptureInputsTest, AnInterfaceIsNoFile) {
    EXPECT_EQ(
        error_of({}, {"lo"}),
        "lo: no such file or directory; it is an interface: `peek-xdp attach lo` monitors it");
    capture("lo");
    EXPECT_EQ(list_inputs({}, {"lo"})->files, Words{"lo"});
}

TEST_F(CaptureInputsTest, AfterDashRAllWordsAreTheFilter) {
    capture("a");
    capture("tcp");
    auto inputs = list_inputs({"a", "-"}, {"tcp", "port", "80"});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->files, (Words{"a", "-"}));
    EXPECT_EQ(inputs->filter, "tcp port 80");
}

TEST_F(CaptureInputsTest, AMistypedFileIsNoFilter) {
    capture("a.pcap");
    for (const char* word : {"b.pcap", "b.pcapng.zst", "./b", "/none/b"})
        EXPECT_EQ(error_of({}, {"a.pcap", word}).find(std::string("pcap: ") + word), 0U) << word;
    EXPECT_EQ(list_inputs({}, {"a.pcap", "10.0.0.0/8"})->filter, "10.0.0.0/8");
    EXPECT_EQ(list_inputs({}, {"a.pcap", "host a.zip or port 1"})->filter, "host a.zip or port 1");
}

TEST_F(CaptureInputsTest, NothingToReadIsWrongUsage) {
    EXPECT_EQ(error_of({}, {}).find("pcap: name a capture file"), 0U);
}

TEST_F(CaptureInputsTest, ADirectoryIsReadInByteOrderOfNames) {
    fs::create_directories("d/below");
    for (const char* name : {"d/b", "d/a.pcap10", "d/a.pcap2", "d/B", "d/\xc3\xa4", "d/.hidden"})
        capture(name);
    write("d/notes.txt", "not a capture");
    ::mkfifo("d/fifo", 0600);
    auto inputs = list_inputs({}, {"d", "udp"});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->files, (Words{"d/B", "d/a.pcap10", "d/a.pcap2", "d/b", "d/\xc3\xa4"}));
    EXPECT_EQ(inputs->passed_over, (Words{"d/below: a directory in a directory, not looked into",
                                          "d/fifo: not a regular file, not inspected",
                                          "d/notes.txt: not a capture, not inspected"}));
    EXPECT_EQ(inputs->filter, "udp");
}

TEST_F(CaptureInputsTest, WhatADirectoryHoldsBesideCapturesIsOneLine) {
    fs::create_directories("d/.git");
    capture("d/a.pcap");
    write("d/.DS_Store", "not a capture");
    write("d/empty", "");
    for (const char* name : {"d/c.json", "d/b.json", "d/d.json"}) write(name, "{}");
    auto inputs = list_inputs({}, {"d"});
    ASSERT_TRUE(inputs);
    EXPECT_EQ(inputs->files, Words{"d/a.pcap"});
    EXPECT_EQ(inputs->passed_over,
              Words{"d: 4 files are no captures and were not inspected, the first d/b.json"});
}

TEST_F(CaptureInputsTest, ADirectoryWithoutCapturesIsAnError) {
    fs::create_directories("d");
    auto inputs = list_inputs({"d"}, {});
    ASSERT_FALSE(inputs);
    EXPECT_EQ(inputs.error().text, "d: no capture in this directory");
}

TEST_F(CaptureInputsTest, FilesHaveStateOfTheirOwnUnlessContinuous) {
    EXPECT_EQ(group_inputs({"a", "b"}, false).size(), 2U);
    const auto joined = group_inputs({"a", "b", "c"}, true);
    ASSERT_EQ(joined.size(), 1U);
    EXPECT_EQ(joined[0].name, "3 files from a to c");
    EXPECT_EQ(group_inputs({"a"}, true)[0].name, "a");
}

}  // namespace
}  // namespace peek
