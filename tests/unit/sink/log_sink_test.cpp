// SPDX-License-Identifier: BSD-2-Clause
#include "sink/log_sink.h"

#include "log_fixture.h"
#include "sink/json_format.h"

namespace peek {
namespace {

using test::at_second;
using test::Pipe;
using test::StandardOutput;

class LogSinkTest : public test::LogFixture {};

TEST_F(LogSinkTest, AppendsALineARecord) {
    open();
    write("one");
    write("two");
    log_->flush();
    EXPECT_EQ(contents(), line("one") + line("two"));
    EXPECT_EQ(log_->lost(), 0U);
    EXPECT_TRUE(said_.empty());
}

TEST_F(LogSinkTest, KeepsWhatTheFileHolds) {
    fill("log", "before\n");
    open();
    write_and_flush("one");
    EXPECT_EQ(contents(), "before\n" + line("one"));
}

TEST_F(LogSinkTest, BeginsAFreshLineBehindOneThatWasCutOff) {
    fill("log", "cut o");
    open();
    write_and_flush("one");
    EXPECT_EQ(contents(), "cut o\n" + line("one"));
    EXPECT_EQ(log_->lost(), 0U);
}

TEST_F(LogSinkTest, BuffersUntilFlush) {
    open();
    write("one");
    EXPECT_EQ(contents(), "");
    log_->flush();
    EXPECT_EQ(contents(), line("one"));
}

TEST_F(LogSinkTest, WritesByItselfBeforeTheBufferGrowsLarge) {
    open();
    const std::string payload(10'000, 'a');
    for (int i = 0; i < 7; ++i) write(payload);
    EXPECT_EQ(contents().size(), 7 * line(payload).size());
}

TEST_F(LogSinkTest, WritesWhatIsBufferedWhenItEnds) {
    open();
    write("one");
    log_.reset();
    EXPECT_EQ(contents(), line("one"));
}

TEST_F(LogSinkTest, WritesJsonWhenToldSo) {
    open(path(), LogFormat::kJson);
    write("one");
    log_->write(Ledger{}, at_second(1));
    log_->flush();
    EXPECT_EQ(contents(),
              format_json(record("one")) + "\n" + format_json(Ledger{}, at_second(1)) + "\n");
}

TEST_F(LogSinkTest, ATextLogHoldsRecordsOnly) {
    open();
    log_->write(Ledger{}, at_second(1));
    log_->write(Alert{});
    log_->flush();
    EXPECT_EQ(contents(), "");
}

TEST_F(LogSinkTest, ANewFileIsNotForEveryone) {
    const mode_t before = ::umask(0);
    open();
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(LogSinkTest, DashIsStandardOutput) {
    Pipe pipe;
    {
        const StandardOutput redirected(pipe.writer.get());
        open("-");
        write_and_flush("one");
        log_->tick();
        EXPECT_TRUE(log_->reopen());
        write_and_flush("two");
    }
    EXPECT_EQ(pipe.drain(), line("one") + line("two"));
    EXPECT_TRUE(said_.empty());
}

TEST_F(LogSinkTest, ReopenFollowsTheName) {
    open();
    write_and_flush("one");
    move("log", "log.1");
    write("two");
    EXPECT_TRUE(log_->reopen());
    write_and_flush("three");
    EXPECT_EQ(contents("log.1"), line("one") + line("two"));
    EXPECT_EQ(contents(), line("three"));
}

TEST_F(LogSinkTest, ATickNoticesThatTheFileIsGone) {
    open();
    write_and_flush("one");
    move("log", "log.1");
    log_->tick();
    write_and_flush("two");
    EXPECT_EQ(contents("log.1"), line("one"));
    EXPECT_EQ(contents(), line("two"));
}

TEST_F(LogSinkTest, ATickNoticesAnotherFileAtThePath) {
    open();
    write_and_flush("one");
    move("log", "log.1");
    fill("log", "new\n");
    log_->tick();
    write_and_flush("two");
    EXPECT_EQ(contents(), "new\n" + line("two"));
    EXPECT_EQ(contents("log.1"), line("one"));
}

TEST_F(LogSinkTest, ATickLeavesAFileThatIsStillThere) {
    open();
    write("one");
    log_->tick();
    EXPECT_EQ(contents(), "") << "a tick without cause writes nothing";
    log_->flush();
    EXPECT_EQ(contents(), line("one"));
}

TEST_F(LogSinkTest, FollowsTheFileWhenItIsTruncated) {
    open();
    write_and_flush("one");
    ASSERT_EQ(::truncate(path().c_str(), 0), 0);
    write_and_flush("two");
    EXPECT_EQ(contents(), line("two"));
}

}  // namespace
}  // namespace peek
