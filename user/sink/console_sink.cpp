// SPDX-License-Identifier: BSD-2-Clause
#include "sink/console_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sink/escape.h"
#include "sink/fd_writer.h"

namespace peek {
namespace {

// ECMA-48 SGR colours of the five types.
constexpr std::array<std::string_view, kFamilyCount> kColours{"\x1b[31m", "\x1b[35m", "\x1b[33m",
                                                              "\x1b[1;31m", "\x1b[36m"};
constexpr std::string_view kReset = "\x1b[0m";

// Seconds are enough for a person: "2016-10-30T22:01:02Z".
std::string short_time(Timestamp time) {
    return format_timestamp(time).substr(0, 19) + "Z";
}

std::string coloured_type(Family family, bool colour) {
    std::string name = fmt::format("{:<17}", traffic_type(family));
    if (!colour) return name;
    return fmt::format("{}{}{}", kColours[static_cast<size_t>(family)], name, kReset);
}

std::string who(const Alert& alert) {
    if (alert.overflow) return "further hosts";
    return alert.src.to_string() + " -> " + alert.dst.to_string();
}

std::string how_many(const Alert& alert) {
    if (!alert.summary) return {};
    const std::string limited =
        alert.limited == 0 ? "" : fmt::format(" ({} not logged)", alert.limited);
    return fmt::format("{} more since {}{}, last: ", alert.count, short_time(alert.first), limited);
}

// " (eth0)", " (gateway: eth0)", " (gateway)": what is known of sensor and interface.
std::string seen_by(const Alert& alert) {
    const bool both = !alert.sensor.empty() && !alert.interface.empty();
    const std::string text = alert.sensor + (both ? ": " : "") + alert.interface;
    return text.empty() ? "" : " (" + escape_terminal(text) + ")";
}

std::string what_is_lost(const Alert& alert) {
    if (alert.lost == 0) return {};
    if (alert.lost == alert.count) return " [evidence lost]";
    return fmt::format(" [evidence of {} lost]", alert.lost);
}

class ConsoleSink final : public Sink {
  public:
    ConsoleSink(int fd, bool colour) : fd_(fd), colour_(colour) {}
    ~ConsoleSink() override { write_out(); }

    using Sink::write;
    void write(const Alert& alert) override {
        buffer_ += format_alert(alert, colour_);
        buffer_ += '\n';
    }
    void flush() override { write_out(); }

  private:
    void write_out() {
        if (buffer_.empty()) return;
        const WriteResult result = write_all(fd_, buffer_, stalled_ ? kNoPatience : kPatience);
        stalled_ = result.errnum == EAGAIN;
        const auto rest = buffer_.begin() + static_cast<ptrdiff_t>(result.written);
        lost(static_cast<uint64_t>(std::count(rest, buffer_.end(), '\n')));
        buffer_.clear();
    }

    // A paused terminal loses alerts, counted; it must not hold up the records.
    static constexpr std::chrono::milliseconds kPatience{100};
    static constexpr std::chrono::milliseconds kNoPatience{0};

    const int fd_;
    const bool colour_;
    bool stalled_ = false;
    std::string buffer_;
};

}  // namespace

std::string format_alert(const Alert& alert, bool colour) {
    const std::string where = seen_by(alert);
    return fmt::format("{} {}  {}  {}{}{}{}", short_time(alert.last),
                       coloured_type(alert.type, colour), who(alert), how_many(alert),
                       escape_terminal(alert.text), where, what_is_lost(alert));
}

std::unique_ptr<Sink> make_console(int fd, bool colour) {
    return std::make_unique<ConsoleSink>(fd, colour);
}

}  // namespace peek
