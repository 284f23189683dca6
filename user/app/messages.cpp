// SPDX-License-Identifier: BSD-2-Clause
#include "app/messages.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <syslog.h>
#include <unistd.h>

#include <cstdlib>
#include <ranges>

#include "app/exit_status.h"
#include "app/journal.h"
#include "sink/escape.h"

namespace peek {

namespace {

bool to_journal = false;
std::function<void()> clear_terminal;

}  // namespace

void set_up_messages(Verbosity verbosity) {
    const bool no_colour = std::getenv("NO_COLOR") != nullptr;
    const auto mode = no_colour ? spdlog::color_mode::never : spdlog::color_mode::automatic;
    spdlog::drop("peek-xdp");
    auto logger = spdlog::stderr_color_mt("peek-xdp", mode);
    logger->set_pattern("%n: %^%l%$: %v");
    logger->set_level(verbosity == Verbosity::kQuiet     ? spdlog::level::warn
                      : verbosity == Verbosity::kVerbose ? spdlog::level::debug
                                                         : spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    to_journal = is_journal(STDERR_FILENO);
}

void before_messages(std::function<void()> clear) {
    clear_terminal = std::move(clear);
}

namespace {

// Names of files and interfaces are other people's bytes: they must not steer the terminal. Line
// ends stay, they separate the details of an error.
std::string printable(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool c1 = c == 0xc2 && i + 1 < text.size() && (text[i + 1] & 0xe0) == 0x80;
        const bool control = (c < 0x20 && c != '\n') || c == 0x7f || c1;
        out += control ? escape_terminal(text.substr(i, 1)) : std::string(1, text[i]);
    }
    return out;
}

void tell(spdlog::level::level_enum level, int priority, std::string_view text,
          std::string_view interface = {}) {
    const auto logger = spdlog::default_logger();
    if (!logger->should_log(level)) return;
    if (clear_terminal) clear_terminal();
    const std::string safe = printable(text);
    if (to_journal)
        journal_message(priority, safe, interface);
    else
        for (const auto& line : std::views::split(std::string_view(safe), '\n'))
            logger->log(level, "{}", std::string_view(line.begin(), line.end()));
}

}  // namespace

void say(std::string_view text, std::string_view interface) {
    tell(spdlog::level::info, LOG_INFO, text, interface);
}
void say_detail(std::string_view text) {
    tell(spdlog::level::debug, LOG_DEBUG, text);
}
void warn(std::string_view text, std::string_view interface) {
    tell(spdlog::level::warn, LOG_WARNING, text, interface);
}

int fail(const Error& error) {
    tell(spdlog::level::err, LOG_ERR, error.text);
    return error.kind == ErrorKind::kUsage ? kExitUsage : kExitFailed;
}

}  // namespace peek
