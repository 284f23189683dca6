// SPDX-License-Identifier: BSD-2-Clause
#include "detect/domain_detector.h"

#include <algorithm>

#include "detect/question_search.h"
#include "stream/dns_stream.h"

namespace peek {
namespace {

bool is_dns(const Payload& payload, const RuleSets& rules) {
    return !payload.bytes.empty() && on_dns_port(payload.src_port, payload.dst_port, rules);
}

class DomainInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        search_.begin(rules, out.counts, all_new_);
        size_t ip_index = packet.ip_count - 1U;
        const Payload inner = packet.inner_payload();
        if (inner.transport != Transport::kTcp && is_dns(inner, rules))
            search_.search(inner.bytes, 0, true);
        search_.improved();
        const std::span<const Payload> outer = packet.outer_payloads();
        for (size_t i = outer.size(); i-- > 0;) {
            if (!is_dns(outer[i], rules)) continue;
            search_.search(outer[i].bytes, 0, true);
            if (search_.improved()) ip_index = outer[i].ip_index;
        }
        if (auto match = search_.finish(view, packet, ip_index))
            out.observations.emplace_back(std::move(*match));
    }

  private:
    QuestionSearch search_;
    AllNew all_new_;
};

class SegmentDomainInspector final : public Inspector, private DnsStream::Visitor {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (!is_dns(packet.inner_payload(), rules)) return;
        counts_ = &out.counts;
        search_.begin(rules, out.counts, all_new_);
        DnsStream stream;
        stream.feed(packet.payload, 0, *this);
        stream.finish(*this);
        if (auto match = search_.finish(view, packet, packet.ip_count - 1U))
            out.observations.emplace_back(std::move(*match));
    }

  private:
    void on_message(std::span<const uint8_t> message, uint32_t begin, bool tried) override {
        search_.search(message, begin, !tried);
    }
    void on_dns_event(DnsEvent event) override { counts_->dns.count(event); }

    QuestionSearch search_;
    AllNew all_new_;
    InspectionCounts* counts_ = nullptr;
};

}  // namespace

bool on_dns_port(uint16_t src_port, uint16_t dst_port, const RuleSets& rules) {
    return std::any_of(rules.dns_ports.begin(), rules.dns_ports.end(),
                       [=](uint16_t port) { return port == src_port || port == dst_port; });
}

std::unique_ptr<Inspector> make_domain_inspector() {
    return std::make_unique<DomainInspector>();
}
std::unique_ptr<Inspector> make_segment_domain_inspector() {
    return std::make_unique<SegmentDomainInspector>();
}

}  // namespace peek
