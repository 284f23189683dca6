// SPDX-License-Identifier: BSD-2-Clause
// A log in a directory of its own, and what happens to logs.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "sink/log_sink.h"
#include "sink/text_format.h"
#include "support/record_builder.h"
#include "util/fd.h"

namespace peek::test {

class LogFixture : public testing::Test {
  protected:
    LogFixture() {
        std::string name = testing::TempDir() + "peek-log-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
        // As the program does: a closed pipe and a size limit are errors of write(2).
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
    }
    ~LogFixture() override {
        log_.reset();
        std::filesystem::remove_all(directory_);
    }

    std::string path(const std::string& name = "log") const { return directory_ + "/" + name; }

    void open(const std::string& where, LogFormat format = LogFormat::kText) {
        auto opened = open_log(where, format, [this](const std::string& s) { said_.push_back(s); });
        ASSERT_TRUE(opened) << opened.error().text;
        log_ = std::move(*opened);
    }
    void open() { open(path()); }

    // A record of one line that is told from others by its payload.
    static Record record(const std::string& payload) {
        return RecordBuilder(Family::kIp).from("10.0.0.1").to("10.0.0.2").payload(payload);
    }
    static std::string line(const std::string& payload) {
        return format_text(record(payload)) + "\n";
    }
    void write(const std::string& payload) { log_->write(record(payload)); }
    void write_and_flush(const std::string& payload) {
        write(payload);
        log_->flush();
    }

    std::string contents(const std::string& name = "log") const {
        std::ifstream file(path(name));
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    void fill(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }
    void move(const std::string& from, const std::string& to) const {
        std::filesystem::rename(path(from), path(to));
    }

    std::string directory_;
    std::unique_ptr<Sink> log_;
    std::vector<std::string> said_;
};

// Files of this process may not grow beyond `bytes` while it lives: a disk that is full there.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(size_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

// Standard output goes to `fd` while it lives.
class StandardOutput {
  public:
    explicit StandardOutput(int fd) : before_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)) {
        std::fflush(stdout);
        ::dup2(fd, STDOUT_FILENO);
    }
    ~StandardOutput() { ::dup2(before_.get(), STDOUT_FILENO); }
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

  private:
    Fd before_;
};

struct Pipe {
    explicit Pipe(int flags = 0) {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, flags | O_CLOEXEC), 0);
        reader.reset(ends[0]);
        writer.reset(ends[1]);
    }
    // What can be read now.
    std::string drain() {
        std::string text(1 << 20, '\0');
        const ssize_t n = ::read(reader.get(), text.data(), text.size());
        text.resize(n > 0 ? static_cast<size_t>(n) : 0);
        return text;
    }
    Fd reader;
    Fd writer;
};

}  // namespace peek::test
