// SPDX-License-Identifier: BSD-2-Clause
// Writing all of a text to a descriptor, whatever write(2) makes of it.
#pragma once

#include <cstddef>
#include <string_view>

namespace peek {

struct WriteResult {
    size_t written = 0;  // bytes that the kernel took; less than asked only with an error
    int errnum = 0;      // 0 or the errno of the write that failed
};

// Goes on after short writes and interruptions. A descriptor that is not ready (O_NONBLOCK set by
// whoever shares it) is waited for, one second at most.
WriteResult write_all(int fd, std::string_view text);

}  // namespace peek
