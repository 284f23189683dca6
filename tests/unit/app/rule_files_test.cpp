// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "app/held_rule_files.h"
#include "app/rule_dump.h"
#include "rules/ip_rules.h"

namespace peek {

namespace {

class RuleFilesTest : public testing::Test {
  protected:
    RuleFilesTest() {
        std::string name = "/tmp/peek-rules.XXXXXX";
        directory_ = ::mkdtemp(name.data());
    }
    ~RuleFilesTest() override { std::filesystem::remove_all(directory_); }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }
    static RulePaths ips(const std::string& file) {
        RulePaths paths;
        paths[RuleList::kIp] = file;
        return paths;
    }
    // The number of rules, or what is wrong.
    static std::string loaded(Result<std::vector<OpenRuleFile>> files) {
        if (!files) return files.error().text;
        RuleSets sets;
        std::vector<std::string> warnings;
        auto compiled = compile_rule_files(*files, sets, warnings);
        return compiled ? std::to_string(sets.set(RuleList::kIp)->size()) : compiled.error().text;
    }
    static RuleSets sets_of(const std::string& lines) {
        RuleSets sets;
        CompileReport report;
        EXPECT_TRUE(compile_rules({RuleList::kIp, "ips.cfg", lines}, sets, report));
        return sets;
    }
    std::string shrinking(const std::string& before, const std::string& after) {
        std::vector<OpenRuleFile> files;
        files.push_back({RuleList::kIp, "ips.cfg", Fd()});
        auto result = refuse_shrinking(files, sets_of(before), sets_of(after));
        return result ? "" : result.error().text;
    }

    std::string directory_;
};

TEST_F(RuleFilesTest, AHeldFileIsFoundThoughItWasReplacedAndItsDirectoryMoved) {
    write("ips.cfg", "192.0.2.1\n");
    auto held = HeldRuleFiles::hold(ips(path("ips.cfg")));
    ASSERT_TRUE(held);
    EXPECT_EQ(loaded(held->open()), "1");
    write("new.cfg", "192.0.2.1\n192.0.2.2\n");
    std::filesystem::rename(path("new.cfg"), path("ips.cfg"));
    const std::string moved = directory_ + ".moved";
    std::filesystem::rename(directory_, moved);
    directory_ = moved;
    EXPECT_EQ(loaded(held->open()), "2");
}

TEST_F(RuleFilesTest, AHeldFileWithoutDirectoryIsInTheOneOfTheStart) {
    write("ips.cfg", "192.0.2.1\n");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory_);
    auto held = HeldRuleFiles::hold(ips("ips.cfg"));
    std::filesystem::current_path(before);
    ASSERT_TRUE(held);
    EXPECT_EQ(loaded(held->open()), "1");
}

TEST_F(RuleFilesTest, AHeldPipeIsNeverWaitedFor) {
    ASSERT_EQ(::mkfifo(path("ips.cfg").c_str(), 0600), 0);
    auto held = HeldRuleFiles::hold(ips(path("ips.cfg")));
    ASSERT_TRUE(held);
    EXPECT_NE(loaded(held->open()).find("no regular file"), std::string::npos);
}

TEST_F(RuleFilesTest, WhatAPipeHeldBecomesARegularFile) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], "192.0.2.1\n192.0.2.2\n", 20), 20);
    ::close(ends[1]);
    std::vector<OpenRuleFile> files;
    files.push_back({RuleList::kIp, "/dev/fd/63", Fd(ends[0])});
    ASSERT_TRUE(make_regular(files));
    struct stat info {};
    ASSERT_EQ(::fstat(files[0].fd.get(), &info), 0);
    EXPECT_TRUE(S_ISREG(info.st_mode));
    EXPECT_EQ(loaded(std::move(files)), "2");
}

TEST_F(RuleFilesTest, AListMayShrinkToHalf) {
    const std::string four = "10.0.0.1\n10.0.0.2\n10.0.0.3\n10.0.0.4\n";
    EXPECT_EQ(shrinking(four, "10.0.0.1\n10.0.0.2\n"), "");
    EXPECT_EQ(shrinking(four, "10.0.0.1\n"),
              "ips.cfg: 1 ip rules in place of 4: less than half; if that is meant, say "
              "`peek-xdp map update` with --force");
    EXPECT_NE(shrinking(four, ""), "");
    EXPECT_EQ(shrinking("", ""), "");
    EXPECT_EQ(shrinking("", four), "");
}

TEST_F(RuleFilesTest, ADumpIsEveryRuleInPiecesOfBoundedSize) {
    std::string lines;
    for (int i = 0; i < 20'000; i++)
        lines += "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "\n";
    RuleDump dump(std::make_shared<const RuleSets>(sets_of(lines)), std::nullopt, false);
    std::string all;
    size_t pieces = 0;
    for (std::string piece; dump.next(piece); piece.clear(), pieces++) {
        EXPECT_LT(piece.size(), 70'000U);
        all += piece;
    }
    EXPECT_GT(pieces, 5U);
    EXPECT_TRUE(all.starts_with("ips.cfg:1: 10.0.0.0\nips.cfg:2: 10.0.0.1\n"));
    EXPECT_TRUE(all.ends_with("ips.cfg:20000: 10.0.78.31\n"));
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 20'000);
}

TEST_F(RuleFilesTest, ADumpForProgramsIsAnObjectALine) {
    RuleDump dump(std::make_shared<const RuleSets>(sets_of("10.0.0.1 # one\n")), RuleList::kIp,
                  true);
    std::string text;
    EXPECT_TRUE(dump.next(text));
    EXPECT_FALSE(dump.next(text));
    EXPECT_EQ(text, R"({"family":"ip","file":"ips.cfg","line":1,"rule":"10.0.0.1"})"
                    "\n");
}

}  // namespace

}  // namespace peek
