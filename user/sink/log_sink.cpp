// SPDX-License-Identifier: BSD-2-Clause
#include "sink/log_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sink/fd_writer.h"
#include "sink/json_format.h"
#include "sink/text_format.h"
#include "util/fd.h"

namespace peek {
namespace {

using Report = std::function<void(const std::string&)>;

constexpr std::string_view kStandardOutput = "-";

std::string_view hint(int errnum) {
    switch (errnum) {
        case ENOENT:
            return " (create its directory first)";
        case EACCES:
        case EPERM:
        case EROFS:
            return " (choose a file this user may write)";
        case EISDIR:
            return " (name a file in it)";
        default:
            return "";
    }
}

Result<Fd> open_destination(const std::string& path) {
    const bool standard = path == kStandardOutput;
    const int fd =
        standard ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                 : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
    if (fd >= 0) return Fd(fd);
    const int errnum = errno;
    Error error = system_error("cannot open the log " + path, errnum);
    error.text += hint(errnum);
    return error;
}

// A monitor that was killed in the middle of a write leaves a line without its end.
bool ends_mid_line(const std::string& path, int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return false;
    const Fd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    char last = '\n';
    return reader && ::pread(reader.get(), &last, 1, status.st_size - 1) == 1 && last != '\n';
}

// Takes back the last `bytes` that were written, if nobody has written behind them.
bool take_back(int fd, size_t bytes) {
    struct stat status {};
    const off_t end = ::lseek(fd, 0, SEEK_CUR);
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != end)
        return false;
    const off_t start = end - static_cast<off_t>(bytes);
    // Without O_APPEND (a redirected standard output) the next write would leave a hole.
    return ::ftruncate(fd, start) == 0 && ::lseek(fd, start, SEEK_SET) == start;
}

uint64_t count_lines(std::string_view text) {
    return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

class LogSink final : public Sink {
  public:
    LogSink(std::string path, LogFormat format, Report report, Fd fd)
        : path_(std::move(path)), format_(format), report_(std::move(report)) {
        adopt(std::move(fd));
    }
    ~LogSink() override {
        write_out();
        abandon_tail();
    }

    void write(const Record& record) override {
        add_line(format_ == LogFormat::kJson ? format_json(record) : format_text(record));
    }
    void write(const Ledger& ledger, Timestamp now) override {
        if (format_ == LogFormat::kJson) add_line(format_json(ledger, now));
    }
    using Sink::write;
    // With a line that is in the log only in part: it is lost unless a later write completes it.
    uint64_t lost() const override { return Sink::lost() + (tail_is_ours_ ? 1 : 0); }

    void flush() override { write_out(); }
    Result<void> reopen() override;
    void tick() override;

  private:
    void adopt(Fd fd);
    // A reader that has stalled once must not hold up every later flush.
    std::chrono::milliseconds patience() const {
        return std::chrono::milliseconds(cause_ == EAGAIN ? 0 : 1000);
    }
    void add_line(const std::string& line);
    void write_out();
    bool write_tail();
    void abandon_tail();
    void lose_from(size_t written);
    void failed(int errnum);
    void report_recovery();
    bool replaced() const;
    std::string name() const { return path_ == kStandardOutput ? "standard output" : path_; }

    const std::string path_;
    const LogFormat format_;
    const Report report_;
    Fd fd_;
    std::string buffer_;  // whole lines
    // What must be written before `buffer_`: the rest of a line whose begin could not be taken
    // back, or the end of a line that another process left open.
    std::string tail_;
    bool tail_is_ours_ = false;  // a line is lost if the tail never gets out
    int cause_ = 0;              // errno that was reported and has not been seen to be over
    uint64_t lost_at_cause_ = 0;
    bool failed_since_tick_ = false;
    bool wrote_since_failure_ = false;
    int reopen_cause_ = 0;
};

void LogSink::adopt(Fd fd) {
    fd_ = std::move(fd);
    if (path_ != kStandardOutput && ends_mid_line(path_, fd_.get())) tail_ = "\n";
}

void LogSink::add_line(const std::string& line) {
    constexpr size_t kBufferBytes = 65'536;
    buffer_ += line;
    buffer_ += '\n';
    if (buffer_.size() >= kBufferBytes) write_out();
}

void LogSink::write_out() {
    if (buffer_.empty() && tail_.empty()) return;
    if (!write_tail()) {
        Sink::lost(count_lines(buffer_));
        buffer_.clear();
        return;
    }
    const WriteResult result = write_all(fd_.get(), buffer_, patience());
    if (result.errnum == 0) {
        wrote_since_failure_ = true;
    } else {
        failed(result.errnum);
        lose_from(result.written);
    }
    buffer_.clear();
}

bool LogSink::write_tail() {
    const WriteResult result = write_all(fd_.get(), tail_, patience());
    tail_.erase(0, result.written);
    if (tail_.empty()) tail_is_ours_ = false;
    if (result.errnum != 0) failed(result.errnum);
    return result.errnum == 0;
}

void LogSink::abandon_tail() {
    if (!tail_.empty() && tail_is_ours_) Sink::lost(1);
    tail_.clear();
    tail_is_ours_ = false;
}

// The first `written` bytes of the buffer are in the log.
void LogSink::lose_from(size_t written) {
    const std::string_view rest = std::string_view(buffer_).substr(written);
    const size_t line_start = written == 0 ? 0 : buffer_.rfind('\n', written - 1) + 1;
    const size_t cut = written - line_start;
    if (cut == 0 || take_back(fd_.get(), cut)) return Sink::lost(count_lines(rest));
    Sink::lost(count_lines(rest) - 1);
    tail_ = rest.substr(0, rest.find('\n') + 1);
    tail_is_ours_ = true;
}

void LogSink::failed(int errnum) {
    failed_since_tick_ = true;
    wrote_since_failure_ = false;
    if (errnum == cause_) return;
    if (cause_ == 0) lost_at_cause_ = lost();
    cause_ = errnum;
    report_(fmt::format("cannot write to the log {}: {}; records are lost until it can be written",
                        name(), std::strerror(errnum)));
}

// Not at the first write that succeeds: a disk that is nearly full lets single lines through, and
// each of them would be two messages.
void LogSink::report_recovery() {
    if (cause_ != 0 && wrote_since_failure_ && !failed_since_tick_) {
        cause_ = 0;
        report_(fmt::format("the log {} can be written again; {} lines were lost", name(),
                            lost() - lost_at_cause_));
    }
    failed_since_tick_ = false;
}

bool LogSink::replaced() const {
    struct stat at_path {};
    struct stat open {};
    if (path_ == kStandardOutput || ::fstat(fd_.get(), &open) != 0) return false;
    if (::stat(path_.c_str(), &at_path) != 0) return true;
    return at_path.st_ino != open.st_ino || at_path.st_dev != open.st_dev;
}

Result<void> LogSink::reopen() {
    write_out();
    if (path_ == kStandardOutput) return {};
    Result<Fd> opened = open_destination(path_);
    if (!opened) return std::move(opened.error());
    abandon_tail();
    adopt(std::move(*opened));
    return {};
}

void LogSink::tick() {
    report_recovery();
    if (!replaced()) return;
    const Result<void> result = reopen();
    const int errnum = result ? 0 : result.error().errnum;
    if (errnum != 0 && errnum != reopen_cause_) report_(result.error().text);
    reopen_cause_ = errnum;
}

}  // namespace

Result<std::unique_ptr<Sink>> open_log(const std::string& path, LogFormat format, Report report) {
    Result<Fd> fd = open_destination(path);
    if (!fd) return std::move(fd.error());
    return std::unique_ptr<Sink>(
        std::make_unique<LogSink>(path, format, std::move(report), std::move(*fd)));
}

}  // namespace peek
