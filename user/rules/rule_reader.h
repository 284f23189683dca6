// SPDX-License-Identifier: BSD-2-Clause
// RuleReader: walks the lines of one rule file and collects what is wrong with them. What all four
// grammars share stands here: line ends, comments, blank lines, limits, the wording of reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/rule_set.h"

namespace peek {

inline constexpr size_t kMaxRuleLineBytes = 65'536;  // without the line end
inline constexpr uint32_t kMaxRules = 16'000'000;    // in one file, duplicates included

// How often something happened, and where first.
struct Tally {
    uint64_t count = 0;
    uint64_t first_line = 0;
    void add(uint64_t line) {
        if (count++ == 0) first_line = line;
    }
};

class RuleReader {
  public:
    // Both must outlive the reader. Bad lines of an earlier file are cleared from `report`.
    RuleReader(const RuleFile& file, CompileReport& report);

    // Steps to the next line that is neither blank nor starts with '#'. False at the end of the
    // file and once a limit was passed.
    bool next();
    // The line without its end; points into the file's bytes.
    std::string_view line() const { return line_; }
    // The line without white space at either end. A carriage return inside is reported, and the
    // result is then empty.
    std::string_view trimmed_line();
    uint64_t number() const { return number_; }

    // Reports the current line.
    void bad(std::string reason);
    // Counts a rule of the current line. False when there are too many, which is reported.
    bool admit_rule();
    // Adds "FILE: text" when the tally counted something: `text` with "%" replaced by "1 rule
    // (line 7)" or "12 rules (the first on line 7)".
    void warn(const Tally& tally, std::string_view text, std::string_view noun = "rule");
    // The file's verdict: an error that lists its bad lines, if it has any. Warns when there was
    // not one rule.
    Result<void> finish();

  private:
    const RuleFile& file_;
    CompileReport& report_;
    std::string_view rest_;
    std::string_view line_;
    uint64_t number_ = 0;
    uint32_t rules_ = 0;
};

// ASCII white space, whatever the locale. An object, which algorithms inline.
inline constexpr auto is_white = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
std::string_view trim(std::string_view text);
// "text" in quotes, fit for a terminal: bytes outside 0x20–0x7e as \xHH, cut after 60 bytes.
std::string quoted(std::string_view text);
// How many lines the file has at most: for reserving room.
size_t count_lines(std::string_view bytes);
// Lower-case hex.
std::string sha256_hex(std::string_view bytes);

}  // namespace peek
