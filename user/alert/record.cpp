// SPDX-License-Identifier: BSD-2-Clause
#include "alert/record.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "rules/ip_rules.h"

namespace peek {
namespace {

// Rules may be 4,096 bytes long; a sentence with all of them is none.
constexpr size_t kRuleInSentence = 80;

std::string scan_limit(const ScanRule& rule) {
    return fmt::format(FMT_COMPILE("ports>={}/{}s"), rule.ports, seconds_text(rule.window));
}

// http://HOST before a target in origin or asterisk form (RFC 9112 §3.2): the URL a person would
// type, and the longer of the two texts in which URL rules are searched.
std::string full_url(const HttpFacts& http) {
    const bool relative = http.url.starts_with('/') || http.url == "*";
    return relative && !http.hostname.empty() ? "http://" + http.hostname + http.url : http.url;
}

std::string shown_payload(const Match& match) {
    if (const auto* dns = std::get_if<DnsFacts>(&match.evidence)) return dns->rrname;
    if (const auto* http = std::get_if<HttpFacts>(&match.evidence)) return full_url(*http);
    return match.excerpt;
}

void name_rule(Record& record, const Match& match, const RuleSets& rules) {
    if (const auto* scan = std::get_if<ScanFacts>(&match.evidence)) {
        record.rule = scan_limit(scan->rule);
        return;
    }
    const RuleSet* set = rules.set(match.family);
    if (set == nullptr || match.rule >= set->size()) return;
    record.rule = set->text(match.rule);
    record.rule_file = set->file();
    record.rule_line = set->line(match.rule);
    record.rule_id = match.rule;
}

bool covers_source_only(const Match& match, const RuleSets& rules) {
    if (match.family != Family::kIp || !rules.ip) return false;
    return rules.ip->lowest(match.packet.dst, match.packet.dst) != match.rule;
}

std::string shortened(const std::string& rule) {
    return rule.size() <= kRuleInSentence ? rule : rule.substr(0, kRuleInSentence) + "...";
}

std::string describe_scan(const Record& record) {
    const auto* scan = std::get_if<ScanFacts>(&record.evidence);
    if (scan == nullptr) return "Port scan";
    if (scan->phase == ScanFacts::Phase::kEnd)
        return fmt::format("Port scan ended: {}{} ports probed",
                           scan->lost_probes != 0 ? "at least " : "", scan->port_count);
    return fmt::format("Port scan: {} or more ports within {} s", scan->rule.ports,
                       seconds_text(scan->rule.window));
}

}  // namespace

Record make_record(const Match& match, const RuleSets& rules, const RecordOrigin& origin) {
    Record record;
    record.type = match.family;
    record.packet = match.packet;
    record.sensor = origin.sensor;
    if (origin.source != nullptr) {
        record.interface = origin.source->interface_name(match.packet.interface);
        record.file = origin.source->file_name(match.packet.interface);
        record.ordinals_before = origin.source->ordinals_before(match.packet.interface);
    }
    name_rule(record, match, rules);
    record.matches = match.distinct_rules;
    record.reassembled = match.reassembled;
    record.needs = match.needs;
    record.from_listed = covers_source_only(match, rules);
    record.evidence = match.evidence;
    record.payload = shown_payload(match);
    record.community_id = community_id(match.packet);
    return record;
}

std::string describe(const Record& record) {
    const std::string rule = shortened(record.rule);
    switch (record.type) {
        case Family::kIp:
            return fmt::format("Traffic {} blacklisted {} {}", record.from_listed ? "from" : "to",
                               rule.find('/') == std::string::npos ? "address" : "network", rule);
        case Family::kDomain:
            return "DNS request for blacklisted domain " + rule;
        case Family::kUrl:
            return "HTTP request for a URL with blacklisted string " + rule;
        case Family::kSignature:
            return "Payload with blacklisted signature " + rule;
        case Family::kScan:
            return describe_scan(record);
    }
    return {};
}

std::string ports_text(const std::vector<PortRange>& ports) {
    std::string text;
    for (const PortRange& range : ports) {
        if (!text.empty()) text += ',';
        text += std::to_string(range.first);
        if (range.last != range.first) text += '-' + std::to_string(range.last);
    }
    return text;
}

std::string seconds_text(Nanoseconds duration) {
    constexpr int64_t kSecond = 1'000'000'000;
    const int64_t ns = duration.count();
    if (ns % kSecond == 0) return std::to_string(ns / kSecond);
    std::string text = fmt::format("{}.{:09}", ns / kSecond, ns % kSecond);
    text.erase(text.find_last_not_of('0') + 1);
    return text;
}

}  // namespace peek
