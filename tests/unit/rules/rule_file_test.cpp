// SPDX-License-Identifier: BSD-2-Clause
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

#include "rules/rule_set.h"
#include "util/fd.h"

namespace peek {
namespace {

Fd memory_file(const std::string& bytes) {
    Fd fd(memfd_create("rules", MFD_CLOEXEC));
    EXPECT_EQ(write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    EXPECT_EQ(lseek(fd.get(), 0, SEEK_SET), 0);
    return fd;
}

TEST(ReadRuleFile, ReadsAnEmptyFile) {
    EXPECT_EQ(read_rule_file(memory_file("").get(), "f").value(), "");
}

TEST(ReadRuleFile, ReadsAFileOfManyChunks) {
    std::string bytes(5'000'000, 'x');
    bytes[0] = '\0';
    bytes.back() = 'y';
    EXPECT_EQ(read_rule_file(memory_file(bytes).get(), "f").value(), bytes);
}

TEST(ReadRuleFile, ReadsAPipeToItsEnd) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Fd reader(ends[0]);
    Fd writer(ends[1]);
    const std::string part(100'000, 'p');
    std::thread feed([&] {
        for (int i = 0; i < 30; ++i) {
            ASSERT_EQ(write(writer.get(), part.data(), part.size()), 100'000);
        }
        writer.reset();
    });
    Result<std::string> bytes = read_rule_file(reader.get(), "pipe");
    feed.join();
    EXPECT_EQ(bytes.value(), std::string(3'000'000, 'p'));
}

TEST(ReadRuleFile, RefusesADirectory) {
    const Fd fd(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Error error = read_rule_file(fd.get(), "some/dir").error();
    EXPECT_EQ(error.text, "cannot read rule file some/dir: it is a directory; name a file");
    EXPECT_EQ(error.kind, ErrorKind::kUsage);
}

TEST(ReadRuleFile, SaysWhatTheSystemSaid) {
    const Error error = read_rule_file(-1, "ips.cfg").error();
    EXPECT_EQ(error.text, "cannot read rule file ips.cfg: Bad file descriptor");
    EXPECT_EQ(error.errnum, EBADF);

    const Fd write_only(open("/dev/null", O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(read_rule_file(write_only.get(), "ips.cfg").error().errnum, EBADF);
}

TEST(ReadRuleFile, RefusesWhatIsLargerThanAGibibyte) {
    const Fd fd(memfd_create("rules", MFD_CLOEXEC));
    ASSERT_EQ(ftruncate(fd.get(), (1L << 30) + 1), 0);
    EXPECT_EQ(read_rule_file(fd.get(), "huge").error().text,
              "cannot read rule file huge: it is larger than 1024 MiB; split it");
}

}  // namespace
}  // namespace peek
