// SPDX-License-Identifier: BSD-2-Clause
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "rules/rule_set.h"

namespace peek {

namespace {

// Room for 16 million rules of 64 bytes; what is larger (/dev/zero, an image by mistake) is
// refused before it eats the machine's memory.
constexpr size_t kMaxFileBytes = size_t{1} << 30;
constexpr size_t kChunkBytes = size_t{1} << 20;

// Appends what one read() gives. The value is false at the end of the file.
Result<bool> read_more(int fd, const std::string& path, std::string& bytes) {
    const size_t have = bytes.size();
    if (bytes.capacity() == have) bytes.reserve(have * 2);
    bytes.resize(std::min(bytes.capacity(), have + kChunkBytes));
    ssize_t got;
    do {
        got = read(fd, bytes.data() + have, bytes.size() - have);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return system_error("cannot read rule file " + path, errno);
    bytes.resize(have + static_cast<size_t>(got));
    return got > 0;
}

}  // namespace

Result<std::string> read_rule_file(int fd, const std::string& path) {
    struct stat info;
    if (fstat(fd, &info) != 0) return system_error("cannot read rule file " + path, errno);
    if (S_ISDIR(info.st_mode)) {
        return usage_error("cannot read rule file " + path + ": it is a directory; name a file");
    }
    std::string bytes;
    // One byte more than the file holds: the last read() then tells the end without growing.
    const auto known = S_ISREG(info.st_mode) ? static_cast<size_t>(info.st_size) : kChunkBytes;
    bytes.reserve(std::min(known, kMaxFileBytes) + 1);
    while (true) {
        Result<bool> more = read_more(fd, path, bytes);
        if (!more) return std::move(more.error());
        if (!*more) return bytes;
        if (bytes.size() > kMaxFileBytes) {
            return usage_error("cannot read rule file " + path + ": it is larger than " +
                               std::to_string(kMaxFileBytes >> 20) + " MiB; split it");
        }
    }
}

}  // namespace peek
