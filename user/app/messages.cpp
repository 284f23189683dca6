// SPDX-License-Identifier: BSD-2-Clause
#include "app/messages.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "app/exit_status.h"

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

void say(std::string_view text) {
    spdlog::info("{}", text);
}
void say_detail(std::string_view text) {
    spdlog::debug("{}", text);
}
void warn(std::string_view text) {
    spdlog::warn("{}", text);
}

int fail(const Error& error) {
    spdlog::error("{}", error.text);
    return error.kind == ErrorKind::kUsage ? kExitUsage : kExitFailed;
}

}  // namespace peek
