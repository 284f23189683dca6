// SPDX-License-Identifier: BSD-2-Clause
#include "util/time.h"

#include <string_view>

namespace peek {

namespace {

// Writes `value` with leading zeros so that it ends right before `end`.
void write_digits(char* end, unsigned value, int digits) {
    for (; digits > 0; --digits, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string format_timestamp(Timestamp t) {
    // Down, not towards zero: a capture file may hold times before 1970. By hand, since
    // chrono::floor() overflows at the low end of the range.
    const int64_t ns = to_ns(t);
    const std::chrono::sys_time<std::chrono::microseconds> micros{
        std::chrono::microseconds{ns / 1000 - (ns % 1000 < 0 ? 1 : 0)}};
    const auto day = std::chrono::floor<std::chrono::days>(micros);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{micros - day};

    std::string text = "0000-00-00T00:00:00.000000+0000";
    char* p = text.data();
    // Timestamp's range is 1677 … 2262: the year always has four digits.
    write_digits(p + 4, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    write_digits(p + 7, static_cast<unsigned>(date.month()), 2);
    write_digits(p + 10, static_cast<unsigned>(date.day()), 2);
    write_digits(p + 13, static_cast<unsigned>(clock.hours().count()), 2);
    write_digits(p + 16, static_cast<unsigned>(clock.minutes().count()), 2);
    write_digits(p + 19, static_cast<unsigned>(clock.seconds().count()), 2);
    write_digits(p + 26, static_cast<unsigned>(clock.subseconds().count()), 6);
    return text;
}

std::optional<Timestamp> parse_timestamp(const std::string& text) {
    constexpr std::string_view kForm = "0000-00-00T00:00:00.000000+0000";
    if (text.size() != kForm.size()) return std::nullopt;
    const auto number = [&](size_t at, size_t digits) {
        int64_t value = 0;
        for (const char c : text.substr(at, digits)) value = value * 10 + (c - '0');
        return value;
    };
    const int64_t year = number(0, 4);
    if (year < 1677 || year > 2262) return std::nullopt;  // Timestamp's range
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!date.ok()) return std::nullopt;
    const int64_t day = std::chrono::sys_days(date).time_since_epoch().count();
    const int64_t seconds = (day * 24 + number(11, 2)) * 3600 + number(14, 2) * 60 + number(17, 2);
    int64_t ns = 0;
    if (__builtin_mul_overflow(seconds, int64_t{1'000'000'000}, &ns) ||
        __builtin_add_overflow(ns, number(20, 6) * 1000, &ns))
        return std::nullopt;
    const Timestamp time = timestamp_from_ns(ns);
    // A wrong separator, a sign, a minute 75: it reads otherwise when written again.
    if (format_timestamp(time) != text) return std::nullopt;
    return time;
}

}  // namespace peek
