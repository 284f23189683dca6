// SPDX-License-Identifier: BSD-2-Clause
// What the maps of a rule set take, and that a set which would not fit is refused.
#include "kernel/memory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bpf/bpf_fixture.h"

namespace peek::test {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMiB = 1U << 20;

TEST(KernelBytes, AreElementsAndBucketsOfAHash) {
    EXPECT_EQ(hash_map_bytes(0, 4, 4, 2), 0U);
    EXPECT_EQ(hash_map_bytes(1, 4, 4, 2), 3 * 64 + 16U);
    EXPECT_EQ(hash_map_bytes(1'000'000, 4, 4, 2), 1'000'002 * uint64_t{64} + kMiB * 16);
    EXPECT_EQ(hash_map_bytes(1'000'000, 16, 4, 2), 1'000'002 * uint64_t{72} + kMiB * 16);
}

TEST(KernelBytes, AreTheNodesOfATrieAtMost) {
    EXPECT_EQ(trie_map_bytes(0, 4), 0U);
    EXPECT_EQ(trie_map_bytes(1, 4), 64U);
    EXPECT_EQ(trie_map_bytes(1000, 4), 1999 * 64U);
    EXPECT_EQ(trie_map_bytes(1000, 16), 1999 * 96U);
}

TEST(KernelBytes, OfAnIgnoreListAreThoseOfItsTries) {
    RuleSets rules;
    CompileReport report;
    for (const RuleList list : {RuleList::kIgnore, RuleList::kScanIgnore})
        ASSERT_TRUE(compile_rules({list, "list", "192.0.2.1\n198.51.100.0/24\n2001:db8::/32\n"},
                                  rules, report));
    EXPECT_EQ(kernel_bytes(rules, RuleList::kIgnore), trie_map_bytes(2, 4) + trie_map_bytes(1, 16));
    EXPECT_EQ(kernel_bytes(rules, RuleList::kScanIgnore), kernel_bytes(rules, RuleList::kIgnore));
    EXPECT_EQ(kernel_bytes(rules, RuleList::kIp), 0U);
    EXPECT_EQ(kernel_bytes(rules, RuleList::kUrl), 0U);
}

// A machine as check_memory() sees it.
class KernelMemoryTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string path = testing::TempDir() + "peek-memory.XXXXXX";
        ASSERT_NE(::mkdtemp(path.data()), nullptr);
        root_ = path;
        write("proc/meminfo", "MemTotal: 4096000 kB\nMemFree: 1 kB\nMemAvailable: 102400 kB\n");
        write("proc/self/cgroup", "1:name=x:/other\n0::/a/b\n");
    }
    void TearDown() override { fs::remove_all(root_); }

    void write(const fs::path& name, const std::string& text) const {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name) << text;
    }
    void cgroup(const std::string& name, const std::string& max, uint64_t current) const {
        write("cgroup" + name + "/memory.max", max + "\n");
        write("cgroup" + name + "/memory.current", std::to_string(current) + "\n");
    }
    // Empty: it fits.
    std::string check(uint64_t bytes, MemoryUse use = MemoryUse::kAddressMaps) const {
        const auto r = check_memory(bytes, use, {root_ / "proc", root_ / "cgroup"});
        return r ? "" : r.error().text;
    }

    fs::path root_;
};

TEST_F(KernelMemoryTest, TheMachinesAvailableMemoryIsTheLimit) {
    EXPECT_EQ(check(100 * kMiB), "");
    EXPECT_EQ(check(100 * kMiB + 1),
              "the address lists need 101 MiB of kernel memory, and only 100 MiB are left on this "
              "machine: shorten them, or give it more");
    EXPECT_EQ(check(100 * kMiB + 1, MemoryUse::kCompiling),
              "compiling the rule lists takes 101 MiB of memory, and only 100 MiB are left on this "
              "machine: shorten them, or give it more");
}

TEST_F(KernelMemoryTest, EveryCgroupAboveTheProcessIsOne) {
    cgroup("/a/b", "max", 5);
    EXPECT_EQ(check(100 * kMiB), "");
    cgroup("/a", std::to_string(60 * kMiB), 50 * kMiB);
    EXPECT_EQ(check(10 * kMiB), "");
    EXPECT_NE(check(11 * kMiB).find("only 10 MiB are left in cgroup /a:"), std::string::npos);
    cgroup("/a/b", std::to_string(2 * kMiB), 3 * kMiB);
    EXPECT_NE(check(1).find("only 0 MiB are left in cgroup /a/b:"), std::string::npos);
}

TEST_F(KernelMemoryTest, FilePagesThatNobodyUsesCountAsRoom) {
    cgroup("/a/b", std::to_string(60 * kMiB), 50 * kMiB);
    write("cgroup/a/b/memory.stat",
          "anon 1\nfile 2\ninactive_file " + std::to_string(20 * kMiB) + "\n");
    EXPECT_EQ(check(30 * kMiB), "");
    EXPECT_NE(check(31 * kMiB), "");
}

TEST_F(KernelMemoryTest, WhatCannotBeReadLimitsNothing) {
    fs::remove_all(root_ / "proc");
    EXPECT_EQ(check(1000 * kMiB), "");
}

}  // namespace
}  // namespace peek::test
