// SPDX-License-Identifier: BSD-2-Clause
#include "log_fixture.h"

namespace peek {
namespace {

using test::FileSizeLimit;
using test::Pipe;
using test::StandardOutput;
using Lines = std::vector<std::string>;

class LogSinkFailureTest : public test::LogFixture {
  protected:
    static std::string cannot_write(const std::string& name, const std::string& why) {
        return "cannot write to the log " + name + ": " + why +
               "; records are lost until it can be written";
    }
};

TEST_F(LogSinkFailureTest, SaysWhatCannotBeOpenedAndWhatToDo) {
    const auto missing = open_log(path("no/log"), LogFormat::kText, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().text, "cannot open the log " + path("no/log") +
                                        ": No such file or directory (create its directory first)");
    EXPECT_EQ(missing.error().kind, ErrorKind::kFailed);
    const auto directory = open_log(directory_, LogFormat::kText, {});
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().text,
              "cannot open the log " + directory_ + ": Is a directory (name a file in it)");
}

TEST_F(LogSinkFailureTest, CountsTheLinesThatAFullDiskRefuses) {
    open("/dev/full");
    write("one");
    write_and_flush("two");
    write_and_flush("three");
    EXPECT_EQ(log_->lost(), 3U);
}

TEST_F(LogSinkFailureTest, SaysACauseOnce) {
    open("/dev/full");
    for (int i = 0; i < 5; ++i) {
        write_and_flush("one");
        log_->tick();
    }
    EXPECT_EQ(said_, Lines{cannot_write("/dev/full", "No space left on device")});
}

TEST_F(LogSinkFailureTest, LosesWhatIsBufferedWhenItEnds) {
    open("/dev/full");
    write("one");
    log_.reset();
    EXPECT_EQ(said_, Lines{cannot_write("/dev/full", "No space left on device")});
}

TEST_F(LogSinkFailureTest, AReaderThatWentAwayIsAnError) {
    Pipe pipe;
    const StandardOutput redirected(pipe.writer.get());
    open("-");
    write_and_flush("one");
    pipe.reader.reset();
    write_and_flush("two");
    EXPECT_EQ(log_->lost(), 1U);
    EXPECT_EQ(said_, Lines{cannot_write("standard output", "Broken pipe")});
}

TEST_F(LogSinkFailureTest, TakesBackALineThatWasCutByAFullDisk) {
    open();
    {
        const FileSizeLimit limit(line("one").size() + 10);
        write("one");
        write("two");
        write_and_flush("three");
    }
    EXPECT_EQ(contents(), line("one"));
    EXPECT_EQ(log_->lost(), 2U);
    write_and_flush("four");
    EXPECT_EQ(contents(), line("one") + line("four"));
    EXPECT_EQ(log_->lost(), 2U);
    EXPECT_EQ(said_, Lines{cannot_write(path(), "File too large")});
}

TEST_F(LogSinkFailureTest, TakesBackWhereverTheLineIsCut) {
    for (size_t cut = 0; cut < line("two").size(); ++cut) {
        std::filesystem::remove(path());
        open();
        {
            const FileSizeLimit limit(line("one").size() + cut);
            write("one");
            write_and_flush("two");
        }
        EXPECT_EQ(contents(), line("one")) << cut;
        write_and_flush("six");
        EXPECT_EQ(contents(), line("one") + line("six")) << cut;
        EXPECT_EQ(log_->lost(), 1U) << cut;
    }
}

TEST_F(LogSinkFailureTest, TakesBackInARedirectedStandardOutputWithoutAHole) {
    const Fd file(::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const StandardOutput redirected(file.get());
    open("-");
    {
        const FileSizeLimit limit(line("one").size() + 10);
        write("one");
        write_and_flush("two");
    }
    write_and_flush("six");
    EXPECT_EQ(contents(), line("one") + line("six"));
    EXPECT_EQ(log_->lost(), 1U);
}

TEST_F(LogSinkFailureTest, SaysWhenTheLogCanBeWrittenAgain) {
    open();
    {
        const FileSizeLimit limit(0);
        write("one");
        write_and_flush("two");
    }
    log_->tick();
    write_and_flush("three");
    EXPECT_EQ(said_.size(), 1U) << "one success does not prove that it lasts";
    log_->tick();
    ASSERT_EQ(said_.size(), 2U);
    EXPECT_EQ(said_[1], "the log " + path() + " can be written again; 2 lines were lost");
    log_->tick();
    EXPECT_EQ(said_.size(), 2U);
}

TEST_F(LogSinkFailureTest, SaysTheCauseAgainAfterARecovery) {
    open();
    for (int round = 0; round < 2; ++round) {
        {
            const FileSizeLimit limit(1);
            write_and_flush("one");
        }
        log_->tick();
        write_and_flush("two");
        log_->tick();
    }
    EXPECT_EQ(said_.size(), 4U);
    EXPECT_EQ(log_->lost(), 2U);
}

// A pipe's bytes cannot be taken back: the rest of the line is the first thing written later.
TEST_F(LogSinkFailureTest, CompletesALineThatAFullPipeCut) {
    const std::string large(100'000, 'a');
    Pipe pipe(O_NONBLOCK);
    {
        const StandardOutput redirected(pipe.writer.get());
        open("-");
    }
    write(large);
    write_and_flush("lost");
    EXPECT_EQ(log_->lost(), 2U) << "the cut line counts until its rest is written";
    std::string got = pipe.drain();
    EXPECT_LT(got.size(), large.size());
    write_and_flush("two");
    got += pipe.drain();
    EXPECT_EQ(got, line(large) + line("two"));
    EXPECT_EQ(log_->lost(), 1U);
    EXPECT_EQ(said_, Lines{cannot_write("standard output", "Resource temporarily unavailable")});
}

TEST_F(LogSinkFailureTest, ALineThatIsNeverCompletedIsLost) {
    Pipe pipe(O_NONBLOCK);
    {
        const StandardOutput redirected(pipe.writer.get());
        open("-");
    }
    write_and_flush(std::string(100'000, 'a'));
    EXPECT_EQ(log_->lost(), 1U);
    pipe.reader.reset();
    write_and_flush("two");
    EXPECT_EQ(log_->lost(), 2U);
    EXPECT_EQ(said_.size(), 2U) << "another cause is another message";
}

TEST_F(LogSinkFailureTest, AnInterruptedReopenKeepsTheOldFile) {
    std::filesystem::create_directory(path("sub"));
    open(path("sub/log"));
    write_and_flush("one");
    move("sub", "moved");
    const Result<void> result = log_->reopen();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().errnum, ENOENT);
    write_and_flush("two");
    EXPECT_EQ(contents("moved/log"), line("one") + line("two"));
    EXPECT_EQ(log_->lost(), 0U);
}

TEST_F(LogSinkFailureTest, ATickSaysOnceThatTheNewFileCannotBeOpened) {
    std::filesystem::create_directory(path("sub"));
    open(path("sub/log"));
    move("sub", "moved");
    log_->tick();
    log_->tick();
    EXPECT_EQ(said_, Lines{"cannot open the log " + path("sub/log") +
                           ": No such file or directory (create its directory first)"});
    std::filesystem::create_directory(path("sub"));
    log_->tick();
    write_and_flush("one");
    EXPECT_EQ(contents("sub/log"), line("one"));
    EXPECT_EQ(said_.size(), 1U);
}

}  // namespace
}  // namespace peek
