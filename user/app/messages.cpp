// SPDX-License-Identifier: BSD-2-Clause
#include "app/messages.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "app/exit_status.h"
#include "sink/escape.h"

namespace peek {

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

}  // namespace

void say(std::string_view text) {
    spdlog::info("{}", printable(text));
}
void say_detail(std::string_view text) {
    spdlog::debug("{}", printable(text));
}
void warn(std::string_view text) {
    spdlog::warn("{}", printable(text));
}

int fail(const Error& error) {
    spdlog::error("{}", printable(error.text));
    return error.kind == ErrorKind::kUsage ? kExitUsage : kExitFailed;
}

}  // namespace peek
