// SPDX-License-Identifier: BSD-2-Clause
#include "app/pipeline.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "app/messages.h"
#include "sink/console_sink.h"
#include "sink/log_sink.h"

namespace peek {

namespace {

bool wants_colour(int fd) {
    return ::isatty(fd) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

Result<Sinks> open_sinks(const OutputOptions& options) {
    Sinks sinks;
    if (!options.log.empty()) {
        auto log = open_log(options.log, options.log_format, [](const std::string& t) { warn(t); });
        if (!log) return log.error();
        sinks.push_back(std::move(*log));
    }
    const int console = options.log == "-" ? STDERR_FILENO : STDOUT_FILENO;
    sinks.push_back(make_console(console, wants_colour(console)));
    return sinks;
}

Result<void> check_log_is_no_input(const std::string& log, const std::vector<std::string>& inputs) {
    struct stat out {};
    struct stat in {};
    if (::stat(log.c_str(), &out) != 0 || !S_ISREG(out.st_mode)) return {};
    for (const std::string& input : inputs)
        if (::stat(input.c_str(), &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return usage_error("-l " + log + ": this file is read as " + input +
                               "; name another log");
    return {};
}

uint64_t lines_lost(const Sinks& sinks) {
    uint64_t total = 0;
    for (const auto& sink : sinks) total += sink->lost();
    return total;
}

void flush(const Sinks& sinks) {
    for (const auto& sink : sinks) sink->flush();
}

Pipeline::Pipeline(const OutputOptions& options, const PacketSource& source, const Sinks& sinks,
                   std::function<Nanoseconds()> alert_clock)
    : origin_{options.sensor, &source},
      sinks_(sinks),
      alert_clock_(std::move(alert_clock)),
      aggregator_({options.alert_window, options.alert_keys, options.log_limit},
                  [this](const Alert& alert) { on_alert(alert); }) {}

void Pipeline::on_match(const Match& match, const RuleSets& rules) {
    const Record record = make_record(match, rules, origin_);
    records_.fetch_add(1, std::memory_order_relaxed);
    if (!aggregator_.add(record, alert_clock_())) {
        limited_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    for (const auto& sink : sinks_) sink->write(record);
}

void Pipeline::on_alert(const Alert& alert) {
    alerts_counted_.fetch_add(alert.count, std::memory_order_relaxed);
    for (const auto& sink : sinks_) sink->write(alert);
}

void Pipeline::finish() {
    aggregator_.flush();
    flush(sinks_);
}

}  // namespace peek
