// SPDX-License-Identifier: BSD-2-Clause
#include "fuzz/fuzz.h"

#include "support/frame_builder.h"

namespace peek::fuzz {

namespace {

void add_rules(RuleSets& sets, RuleList list, std::string lines) {
    CompileReport report;
    expect(static_cast<bool>(compile_rules({list, "rules", std::move(lines)}, sets, report)));
}

RuleSets make_rules() {
    RuleSets sets;
    add_rules(sets, RuleList::kIp, "192.0.2.0/24\n10.0.0.1\n2001:db8::/32\n");
    add_rules(sets, RuleList::kDomain, "example.com\nbad.test\n");
    add_rules(sets, RuleList::kUrl, "evil\n/admin\nexample.com/x\n");
    add_rules(sets, RuleList::kSignature, "malware\n\\x90\\x90\\x90\\x90\nevil\n");
    sets.scan = ScanRule{.ports = 3, .window = std::chrono::seconds(5)};
    return sets;
}

}  // namespace

const RuleSets& sample_rules() {
    static const RuleSets rules = make_rules();
    return rules;
}

void Inspection::see(LinkType link, Bytes frame, Nanoseconds after) {
    view_.time += after;
    view_.link = link;
    view_.bytes = frame;
    view_.wire_len = static_cast<uint32_t>(frame.size());
    ++view_.ordinal;
    engine_.process({&view_, 1}, sample_rules());
}

Inspection::Found Inspection::finish() {
    engine_.finish(sample_rules());
    return found_;
}

void Inspection::on_match(const Match& match, const RuleSets& rules) {
    if (const RuleSet* set = rules.set(match.family)) expect(match.rule < set->size());
    expect(match.packet.ordinal <= view_.ordinal);
    expect(match.excerpt.size() <= Match::kExcerptBytes);
    found_.emplace(match.family, match.rule);
}

std::vector<uint8_t> tcp_frame(uint16_t port, uint32_t seq, Bytes payload) {
    return test::eth()
        .ipv4("198.51.100.1", "198.51.100.2")
        .tcp(40000, port)
        .sequence(seq)
        .payload(test::Bytes(payload.begin(), payload.end()));
}

std::vector<uint8_t> udp_frame(uint16_t port, Bytes payload) {
    return test::eth()
        .ipv4("198.51.100.1", "198.51.100.2")
        .udp(40000, port)
        .payload(test::Bytes(payload.begin(), payload.end()));
}

}  // namespace peek::fuzz
