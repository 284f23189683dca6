// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>
#include <bit>

#include "rules/rule_reader.h"

namespace peek {

namespace {

constexpr uint64_t kMiB = 1U << 20;

// Both texts of a name, three numbers a rule, and a table of 8 bytes that is at most half full.
uint64_t domain_bytes(uint64_t bytes, uint64_t lines) {
    return kMiB + 2 * bytes + 12 * lines + 8 * std::bit_ceil(2 * lines);
}

// Each as parsed, twice while they are sorted, its text's place, and in the table; two bitmaps.
uint64_t address_bytes(const RuleFile& file, uint64_t lines) {
    const bool v6 = file.bytes.find(':') != std::string::npos;
    return 5 * kMiB + file.bytes.size() + (v6 ? 108 : 60) * lines;
}

// Both texts of a string, three numbers a rule, its place in order, a table of 8 bytes and one of
// 16 that are at most half full, and two of bits: five grams a string at most, and its beginning.
uint64_t string_bytes(uint64_t bytes, uint64_t lines) {
    const auto bits = [](uint64_t keys) { return std::min(8 * std::bit_ceil(keys / 2), kMiB / 4); };
    return kMiB / 4 + 2 * bytes + 20 * lines + 24 * std::bit_ceil(2 * lines) + bits(5 * lines) +
           bits(lines);
}

}  // namespace

uint64_t compile_bytes(const RuleFile& file) {
    const uint64_t lines = std::min<uint64_t>(count_lines(file.bytes), kMaxRules);
    switch (file.list) {
        case RuleList::kDomain:
            return domain_bytes(file.bytes.size(), lines);
        case RuleList::kUrl:
        case RuleList::kSignature:
            return string_bytes(file.bytes.size(), lines);
        case RuleList::kIp:
        case RuleList::kIgnore:
        case RuleList::kScanIgnore:
            break;
    }
    return address_bytes(file, lines);
}

}  // namespace peek
