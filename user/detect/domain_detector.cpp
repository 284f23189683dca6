// SPDX-License-Identifier: BSD-2-Clause
#include "detect/domain_detector.h"

#include <algorithm>

#include "decode/dns.h"
#include "detect/rule_hits.h"
#include "rules/domain_rules.h"

namespace peek {
namespace {

bool on_dns_port(const Payload& payload, const std::vector<uint16_t>& ports) {
    return std::any_of(ports.begin(), ports.end(), [&](uint16_t port) {
        return port == payload.src_port || port == payload.dst_port;
    });
}

class DomainInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        hits_.clear();
        search(packet.inner_payload(), rules, out.counts);
        const std::span<const Payload> outer = packet.outer_payloads();
        for (size_t i = outer.size(); i-- > 0;) search(outer[i], rules, out.counts);
        if (hits_.empty()) return;
        Match match = make_match(Family::kDomain, view, packet, ip_index_, hits_);
        match.evidence = std::move(facts_);
        out.observations.emplace_back(std::move(match));
    }

  private:
    void search(const Payload& payload, const RuleSets& rules, InspectionCounts& counts) {
        if (payload.bytes.empty() || !on_dns_port(payload, rules.dns_ports)) return;
        const RuleId before = hits_.lowest();
        if (payload.transport == Transport::kTcp) {
            search_segment(payload.bytes, *rules.domain, counts);
        } else {
            search_message(payload.bytes, *rules.domain, counts);
        }
        if (hits_.lowest() != before) ip_index_ = payload.ip_index;
    }

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
    DnsFacts facts_;       // of the question that hits_.lowest() matched first
    size_t ip_index_ = 0;  // and the IP layer that carried it
};

}  // namespace

std::unique_ptr<Inspector> make_domain_inspector() {
    return std::make_unique<DomainInspector>();
}

}  // namespace peek
