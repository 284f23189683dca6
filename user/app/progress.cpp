// SPDX-License-Identifier: BSD-2-Clause
#include "app/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "sink/escape.h"
#include "sink/fd_writer.h"

namespace peek {

namespace {

constexpr std::chrono::milliseconds kRedraw(200);
constexpr size_t kBarWidth = 20;
// The terminal is stopped (Ctrl-S): the work goes on without the line.
constexpr std::chrono::milliseconds kPatience(0);

bool can_redraw() {
    const char* term = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

void to_terminal(std::string_view text) {
    write_all(STDERR_FILENO, text, kPatience);
}

// "1.2 GB": three digits, decimal units, as disks and networks are measured.
std::string scaled(double value, std::string_view unit) {
    constexpr std::array<std::string_view, 5> kPrefixes{"", "k", "M", "G", "T"};
    size_t prefix = 0;
    for (; value >= 999.5 && prefix + 1 < kPrefixes.size(); ++prefix) value /= 1000;
    return fmt::format("{:.{}f} {}{}", value, prefix == 0 || value >= 9.95 ? 0 : 1,
                       kPrefixes[prefix], unit);
}

std::string clock_text(double seconds) {
    const auto all = static_cast<uint64_t>(std::clamp(seconds, 0.0, 359'999.0));
    if (all >= 3600) return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
    return fmt::format("{}:{:02}", all / 60, all % 60);
}

std::string bar(double share) {
    const auto filled = static_cast<size_t>(share * kBarWidth);
    std::string text(filled, '=');
    if (filled < kBarWidth) text += '>';
    text.resize(kBarWidth, ' ');
    return fmt::format("[{}] {:3.0f} %", text, std::min(share * 100, 99.4));
}

std::string rate(double value, double seconds, std::string_view unit) {
    return seconds > 0 ? scaled(value / seconds, unit) + "/s" : "";
}

std::string plural(uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// In the order of worth: what stands last goes first.
std::vector<std::string> parts(const ProgressFacts& facts) {
    const auto bytes = static_cast<double>(facts.bytes);
    const double seconds = facts.elapsed.count();
    std::vector<std::string> all;
    if (facts.all_bytes && *facts.all_bytes != 0) {
        const auto whole = static_cast<double>(*facts.all_bytes);
        const double share = std::min(bytes / whole, 1.0);
        all.push_back(bar(share));
        if (bytes > 0) all.push_back(clock_text(seconds / share - seconds) + " left");
        all.push_back(scaled(bytes, "B") + " of " + scaled(whole, "B"));
    } else {
        all.push_back(scaled(bytes, "B"));
    }
    all.push_back(rate(bytes, seconds, "B"));
    all.push_back(plural(facts.packets, "packet"));
    all.push_back(plural(facts.records, "record"));
    all.push_back(escape_terminal(facts.file));
    return all;
}

}  // namespace

std::string progress_line(const ProgressFacts& facts, size_t width) {
    std::string line;
    for (const std::string& part : parts(facts)) {
        if (part.empty()) continue;
        const std::string longer = line + (line.empty() ? "" : "  ") + part;
        if (longer.size() > width) break;
        line = longer;
    }
    return line;
}

Progress::Progress(bool enabled, std::optional<uint64_t> all_bytes)
    : enabled_(enabled && can_redraw()) {
    now_.all_bytes = all_bytes;
}

void Progress::update(std::string_view file, uint64_t packets, uint64_t records, uint64_t bytes) {
    if (!enabled_) return;
    now_.file = file;
    now_.packets = before_.packets + packets;
    now_.records = before_.records + records;
    now_.bytes = before_.bytes + bytes;
    const auto now = Clock::now();
    if (now < due_) return;
    due_ = now + kRedraw;
    now_.elapsed = now - start_;
    draw();
}

void Progress::next_file() {
    before_ = now_;
}

void Progress::draw() {
    // A line of the full width would wrap on some terminals.
    to_terminal("\r" + progress_line(now_, terminal_width() - 1) + "\x1b[K");
    shown_ = true;
}

void Progress::hide() {
    if (!shown_) return;
    to_terminal("\r\x1b[K");
    shown_ = false;
}

std::optional<uint64_t> bytes_of_files(const std::vector<std::string>& files) {
    uint64_t all = 0;
    for (const std::string& file : files) {
        struct stat status {};
        const int failed =
            file == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(file.c_str(), &status);
        if (failed != 0) continue;  // nothing of it will be read
        if (!S_ISREG(status.st_mode)) return std::nullopt;
        all += static_cast<uint64_t>(status.st_size);
    }
    return all;
}

}  // namespace peek
