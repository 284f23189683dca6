// SPDX-License-Identifier: BSD-2-Clause
#include "sink/fd_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace peek {
namespace {

bool becomes_writable(int fd) {
    constexpr int kPatienceMs = 1000;
    pollfd entry{fd, POLLOUT, 0};
    return ::poll(&entry, 1, kPatienceMs) == 1;
}

}  // namespace

WriteResult write_all(int fd, std::string_view text) {
    WriteResult result;
    while (result.written < text.size()) {
        const auto rest = text.substr(result.written);
        const ssize_t n = ::write(fd, rest.data(), rest.size());
        if (n > 0) {
            result.written += static_cast<size_t>(n);
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN && becomes_writable(fd)) continue;
        result.errnum = n < 0 ? errno : EIO;
        return result;
    }
    return result;
}

}  // namespace peek
