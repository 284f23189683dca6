// SPDX-License-Identifier: BSD-2-Clause
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>

#include "source/buffered_input.h"
#include "source/mapped_file.h"

namespace peek {
namespace {

class FdReader final : public ByteReader {
  public:
    FdReader(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    Result<size_t> read(std::span<uint8_t> into) override {
        // A signal while waiting asks us to end: EINTR is not tried again.
        const ssize_t count = ::read(fd_.get(), into.data(), into.size());
        if (count < 0) return system_error(path_, errno);
        bytes_ += static_cast<uint64_t>(count);
        return static_cast<size_t>(count);
    }
    uint64_t bytes_on_disk() const override { return bytes_; }
    bool may_wait() const override {
        pollfd input{fd_.get(), POLLIN, 0};
        return ::poll(&input, 1, 0) == 0;
    }

  private:
    Fd fd_;
    std::string path_;
    uint64_t bytes_ = 0;
};

// Standard input is duplicated: closing the source leaves descriptor 0 alone.
Fd open_fd(const std::string& path) {
    if (path == "-") return Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
}

}  // namespace

Result<std::unique_ptr<ByteInput>> open_input(const std::string& path) {
    Fd fd = open_fd(path);
    if (!fd) return system_error(path, errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return system_error(path, errno);
    if (S_ISDIR(status.st_mode)) return system_error(path, EISDIR);
    const off_t offset = S_ISREG(status.st_mode) ? ::lseek(fd.get(), 0, SEEK_CUR) : -1;
    // Files of /proc and the like have no size, some file systems no mmap: they are read.
    if (offset >= 0 && offset < status.st_size) {
        Fd mapped(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
        if (auto input = MappedFile::map(std::move(mapped), static_cast<uint64_t>(offset),
                                         static_cast<uint64_t>(status.st_size)))
            return std::move(*input);
    }
    return std::unique_ptr<ByteInput>(
        std::make_unique<BufferedInput>(std::make_unique<FdReader>(std::move(fd), path)));
}

}  // namespace peek
