// SPDX-License-Identifier: BSD-2-Clause
#include "rules/rule_set.h"

#include <algorithm>

#include "rules/domain_rules.h"
#include "rules/ip_rules.h"
#include "rules/string_rules.h"

namespace peek {

namespace {

template <typename Rules>
Result<void> compile_into(const RuleFile& file, CompileReport& report,
                          std::shared_ptr<const Rules>& set) {
    auto compiled = Rules::compile(file, report);
    if (!compiled) return std::move(compiled.error());
    set = std::move(*compiled);
    return {};
}

}  // namespace

std::string_view RuleSet::text(RuleId id) const {
    const uint32_t begin = id == 0 ? 0 : text_end_[id - 1];
    return std::string_view(text_).substr(begin, text_end_[id] - begin);
}

uint64_t RuleSet::memory_bytes() const {
    return text_.size() + (text_end_.size() + lines_.size()) * sizeof(uint32_t);
}

void RuleSet::reserve_rules(size_t rules, size_t text_bytes) {
    text_.reserve(text_bytes);
    text_end_.reserve(rules);
    lines_.reserve(rules);
}

RuleId RuleSet::add_rule(std::string_view text, uint64_t line) {
    text_.append(text);
    text_end_.push_back(static_cast<uint32_t>(text_.size()));
    lines_.push_back(static_cast<uint32_t>(line));
    return size() - 1;
}

void RuleSet::drop_rules(std::vector<RuleId>& new_ids) {
    RuleId kept = 0;
    uint32_t text_end = 0;
    uint32_t begin = 0;
    for (RuleId id = 0; id < size(); ++id) {
        const uint32_t end = text_end_[id];
        if (new_ids[id] != kNoRule) {
            std::copy(&text_[begin], &text_[begin] + (end - begin), &text_[text_end]);
            text_end += end - begin;
            text_end_[kept] = text_end;
            lines_[kept] = lines_[id];
            new_ids[id] = kept++;
        }
        begin = end;
    }
    text_.resize(text_end);
    text_end_.resize(kept);
    lines_.resize(kept);
    text_.shrink_to_fit();
    text_end_.shrink_to_fit();
    lines_.shrink_to_fit();
}

FamilyMask RuleSets::families() const {
    FamilyMask mask = scan ? family_bit(Family::kScan) : 0;
    for (const Family family : kAllFamilies) {
        if (set(family) != nullptr) mask |= family_bit(family);
    }
    return mask;
}

const RuleSet* RuleSets::set(RuleList list) const {
    switch (list) {
        case RuleList::kIp:
            return ip.get();
        case RuleList::kDomain:
            return domain.get();
        case RuleList::kUrl:
            return url.get();
        case RuleList::kSignature:
            return signature.get();
        case RuleList::kIgnore:
            return ignore.get();
        case RuleList::kScanIgnore:
            return scan_ignore.get();
    }
    return nullptr;
}

const RuleSet* RuleSets::set(Family family) const {
    return family == Family::kScan ? nullptr : set(rule_list(family));
}

Result<void> compile_rules(const RuleFile& file, RuleSets& sets, CompileReport& report) {
    switch (file.list) {
        case RuleList::kIp:
            return compile_into(file, report, sets.ip);
        case RuleList::kDomain:
            return compile_into(file, report, sets.domain);
        case RuleList::kUrl:
            return compile_into(file, report, sets.url);
        case RuleList::kSignature:
            return compile_into(file, report, sets.signature);
        case RuleList::kIgnore:
            return compile_into(file, report, sets.ignore);
        case RuleList::kScanIgnore:
            return compile_into(file, report, sets.scan_ignore);
    }
    return usage_error(file.name + ": no such rule list");
}

}  // namespace peek
