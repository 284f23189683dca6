// SPDX-License-Identifier: BSD-2-Clause
#include "sink/fd_writer.h"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace peek {
namespace {

bool becomes_writable(int fd, std::chrono::milliseconds patience) {
    pollfd entry{fd, POLLOUT, 0};
    int ready = 0;
    do ready = ::poll(&entry, 1, static_cast<int>(patience.count()));
    while (ready < 0 && errno == EINTR);
    return ready == 1;
}

bool is_regular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

WriteResult write_all(int fd, std::string_view text, std::chrono::milliseconds patience) {
    WriteResult result;
    // A blocking pipe that polls writable takes PIPE_BUF bytes at once; a larger write would block
    // for as long as its reader likes.
    const size_t most = is_regular(fd) ? SIZE_MAX : PIPE_BUF;
    while (result.written < text.size()) {
        const auto rest = text.substr(result.written, most);
        if (!becomes_writable(fd, patience)) {
            result.errnum = EAGAIN;
            return result;
        }
        const ssize_t n = ::write(fd, rest.data(), rest.size());
        if (n > 0) {
            result.written += static_cast<size_t>(n);
            continue;
        }
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        result.errnum = n < 0 ? errno : EIO;
        return result;
    }
    return result;
}

}  // namespace peek
