// SPDX-License-Identifier: BSD-2-Clause
// Writing all of a text to a descriptor, whatever write(2) makes of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace peek {

struct WriteResult {
    size_t written = 0;  // bytes that the kernel took; less than asked only with an error
    int errnum = 0;      // 0, the errno of the write that failed, or EAGAIN after the patience
};

// Goes on after short writes and interruptions. A reader that takes nothing (a paused terminal, a
// full pipe) is waited for, `patience` at most; a regular file never makes it wait.
WriteResult write_all(int fd, std::string_view text, std::chrono::milliseconds patience);

}  // namespace peek
