// SPDX-License-Identifier: BSD-2-Clause
#include "detect/domain_detector.h"

#include <algorithm>

#include "decode/dns.h"
#include "detect/rule_hits.h"
#include "rules/domain_rules.h"

namespace peek {
namespace {

bool on_dns_port(const Packet& packet, const std::vector<uint16_t>& ports) {
    return std::any_of(ports.begin(), ports.end(), [&](uint16_t port) {
        return port == packet.src_port || port == packet.dst_port;
    });
}

class DomainInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (packet.payload.empty() || !on_dns_port(packet, rules.dns_ports)) return;
        hits_.clear();
        if (packet.transport == Transport::kTcp) {
            search_segment(packet.payload, *rules.domain, out.counts);
        } else {
            search_message(packet.payload, *rules.domain, out.counts);
        }
        if (hits_.empty()) return;
        Match match = make_match(Family::kDomain, view, packet, packet.ip_count - 1U, hits_);
        match.evidence = std::move(facts_);
        out.observations.emplace_back(std::move(match));
    }

  private:
    void search_segment(std::span<const uint8_t> payload, const DomainRules& rules,
                        InspectionCounts& counts) {
        DnsTcpMessages messages(payload);
        std::span<const uint8_t> message;
        while (messages.next(message)) search_message(message, rules, counts);
        counts.dns.count(messages.event());
    }

    void search_message(std::span<const uint8_t> message, const DomainRules& rules,
                        InspectionCounts& counts) {
        DnsQuery query(message);
        DnsQuestion question;
        while (query.next(question)) {
            rules.collect(question.wire_name(), hits_.ids());
            if (hits_.improved()) facts_ = {dns_name_text(question.wire_name()), question.type};
        }
        counts.dns.count(query.event());
    }

    RuleHits hits_;
    DnsFacts facts_;  // of the question that hits_.lowest() matched first
};

}  // namespace

std::unique_ptr<Inspector> make_domain_inspector() {
    return std::make_unique<DomainInspector>();
}

}  // namespace peek
