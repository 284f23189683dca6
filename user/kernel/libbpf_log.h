// SPDX-License-Identifier: BSD-2-Clause
// LibbpfLog: collects the warnings that libbpf prints while it is alive, the verifier's log among
// them. One at a time in a process: libbpf's print function is global and has no context argument.
#pragma once

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <string>

namespace peek {

class LibbpfLog {
  public:
    LibbpfLog() : previous_(libbpf_set_print(&LibbpfLog::append)) { text().clear(); }
    ~LibbpfLog() { libbpf_set_print(previous_); }
    LibbpfLog(const LibbpfLog&) = delete;
    LibbpfLog& operator=(const LibbpfLog&) = delete;

    // The last lines, each indented; empty when nothing was printed.
    std::string tail() const {
        constexpr int kLines = 12;
        size_t begin = text().size();
        for (int i = 0; i <= kLines && begin != std::string::npos && begin > 0; ++i)
            begin = text().rfind('\n', begin - 1);
        return begin == std::string::npos ? text() : text().substr(begin);
    }

  private:
    static std::string& text() {
        static std::string buffer;
        return buffer;
    }
    static int append(libbpf_print_level level, const char* format, va_list args) {
        if (level != LIBBPF_WARN) return 0;
        va_list copy;
        va_copy(copy, args);
        const int size = std::vsnprintf(nullptr, 0, format, copy);
        va_end(copy);
        if (size <= 0) return 0;
        const size_t old = text().size();
        text().resize(old + static_cast<size_t>(size) + 1);
        std::vsnprintf(&text()[old], static_cast<size_t>(size) + 1, format, args);
        text().pop_back();
        return size;
    }
    libbpf_print_fn_t previous_;
};

}  // namespace peek
