// SPDX-License-Identifier: BSD-2-Clause
#include "app/status_watch.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "util/fd.h"

namespace peek {

namespace {

// ECMA-48 and xterm: the alternate screen without a cursor, and back; home; clear to the end of
// the line, of the screen.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kEndOfLine = "\x1b[K";
constexpr std::string_view kEndOfScreen = "\x1b[J";

Result<void> print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return {};
    return system_error("standard output", errno);
}

class Screen {
  public:
    Screen() : terminal_(::isatty(STDOUT_FILENO) == 1) {
        if (terminal_) static_cast<void>(print(kEnter));
    }
    ~Screen() {
        if (terminal_) static_cast<void>(print(kLeave));
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    Result<void> show(const std::string& text) {
        if (terminal_) return print(fitted(text));
        const bool first = std::exchange(first_, false);
        return print(first || text.find('\n') == text.size() - 1 ? text : "\n" + text);
    }

  private:
    // As much as fits, so that nothing wraps or scrolls. All text is ASCII.
    static std::string fitted(std::string_view text) {
        winsize size{};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
            size = {24, 80, 0, 0};
        std::string out(kHome);
        for (size_t row = 1; row < size.ws_row && !text.empty(); row++) {
            const size_t end = text.find('\n');
            out += text.substr(0, std::min<size_t>(end, size.ws_col));
            out += kEndOfLine;
            out += "\r\n";
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        return out.append(kEndOfScreen);
    }

    bool terminal_;
    bool first_ = true;
};

Result<Fd> catch_end() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    Fd fd(::signalfd(-1, &set, SFD_CLOEXEC));
    if (!fd) return system_error("signalfd", errno);
    return fd;
}

}  // namespace

Result<void> watch(const std::function<Result<std::string>()>& ask,
                   std::chrono::milliseconds interval) {
    auto signals = catch_end();
    if (!signals) return signals.error();
    Screen screen;
    pollfd end{signals->get(), POLLIN, 0};
    do {
        auto text = ask();
        if (!text) return text.error();
        if (auto shown = screen.show(*text); !shown) return shown;
    } while (::poll(&end, 1, static_cast<int>(interval.count())) == 0);
    return {};
}

}  // namespace peek
