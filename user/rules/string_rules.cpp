// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_rules.h"

#include <algorithm>
#include <utility>

#include "rules/rule_reader.h"
#include "rules/string_parse.h"

namespace peek {

void StringRules::Scratch::begin(uint32_t rules) {
    if (marks_.size() < rules) marks_.resize(rules, 0);
    if (++call_ != 0) return;
    std::fill(marks_.begin(), marks_.end(), 0);
    call_ = 1;
}

Result<std::shared_ptr<const StringRules>> StringRules::compile(const RuleFile& file,
                                                                CompileReport& report) {
    RuleReader reader(file, report);
    std::shared_ptr<StringRules> rules(new StringRules(file.list, file.name));
    const size_t lines = std::min<size_t>(count_lines(file.bytes), kMaxRules);
    rules->strings_.reserve(lines, file.bytes.size());
    rules->reserve_rules(lines, file.bytes.size());
    std::string bytes;
    Tally brief;
    while (reader.next()) {
        std::string reason = parse_string_rule(reader.line(), bytes);
        if (!reason.empty()) {
            reader.bad(std::move(reason));
        } else if (reader.admit_rule()) {
            if (bytes.size() < kShortStringBytes) brief.add(reader.number());
            if (rules->strings_.insert(bytes)) rules->add_rule(reader.line(), reader.number());
            rules->longest_ = std::max(rules->longest_, bytes.size());
        }
    }
    reader.warn(brief, "fewer than 4 bytes, which match by chance, in %.");
    if (Result<void> verdict = reader.finish(); !verdict) return std::move(verdict.error());
    if (rules->size() == 0) return std::shared_ptr<const StringRules>();
    rules->set_sha256(sha256_hex(file.bytes));
    rules->index_.emplace(rules->strings_);
    return std::shared_ptr<const StringRules>(std::move(rules));
}

void StringRules::collect(std::span<const uint8_t> text, Scratch& scratch,
                          std::vector<RuleId>& ids) const {
    scratch.begin(size());
    index_->find(text, text.size(), [&](RuleId id, size_t /*place*/) {
        if (scratch.mark(id)) ids.push_back(id);
        return true;
    });
}

template <typename Visit>
void StringRules::visit_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                               Scratch& scratch, Visit visit) const {
    before = before.last(std::min(before.size(), context()));
    after = after.first(std::min(after.size(), context()));
    if (before.empty() || after.empty()) return;
    std::vector<uint8_t>& joined = scratch.joined_;
    joined.assign(before.begin(), before.end());
    joined.insert(joined.end(), after.begin(), after.end());
    index_->find(joined, before.size(), [&](RuleId id, size_t place) {
        const size_t end = place + length(id);
        return end <= before.size() || visit(id, end - before.size());
    });
}

void StringRules::collect_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                                 Scratch& scratch, std::vector<RuleId>& ids) const {
    scratch.begin(size());
    visit_across(before, after, scratch, [&](RuleId id, size_t /*end*/) {
        if (scratch.mark(id)) ids.push_back(id);
        return true;
    });
}

void StringRules::find(std::span<const uint8_t> text, std::vector<Occurrence>& found) const {
    const size_t most = found.size() + kMaxOccurrences;
    index_->find(text, text.size(), [&](RuleId id, size_t place) {
        found.push_back({id, place + length(id)});
        return found.size() != most;
    });
}

void StringRules::find_across(std::span<const uint8_t> before, std::span<const uint8_t> after,
                              Scratch& scratch, std::vector<Occurrence>& found) const {
    const size_t most = found.size() + kMaxOccurrences;
    visit_across(before, after, scratch, [&](RuleId id, size_t end) {
        found.push_back({id, end});
        return found.size() != most;
    });
}

uint64_t StringRules::memory_bytes() const {
    return RuleSet::memory_bytes() + strings_.memory_bytes() + index_->memory_bytes();
}

}  // namespace peek
