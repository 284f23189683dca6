// SPDX-License-Identifier: BSD-2-Clause
#include "detect/signature_detector.h"

#include <algorithm>

#include "rules/string_rules.h"

namespace peek {
namespace {

class SignatureInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        const std::span<const uint8_t> all = packet.all_payloads();
        if (all.empty()) return;
        hits_.clear();
        rules.signature->collect(all, scratch_, hits_.ids());
        if (!hits_.improved()) return;
        const size_t layer = innermost_with(hits_.lowest(), packet, *rules.signature);
        if (packet.transport == Transport::kTcp && !packet.payload.empty())
            out.observations.emplace_back(PayloadHits{Family::kSignature, hits_.ids(), layer});
        else
            out.observations.emplace_back(signature_match(view, packet, layer, hits_));
    }

  private:
    // The IP layer; the outermost payload is known to contain the rule. Tunnels are searched anew,
    // but only those in which something was found.
    size_t innermost_with(RuleId rule, const Packet& packet, const StringRules& rules) {
        const std::span<const Payload> outer = packet.outer_payloads();
        if (outer.empty() || contains(rule, packet.payload, rules)) return packet.ip_count - 1U;
        for (size_t i = outer.size() - 1; i > 0; --i)
            if (contains(rule, outer[i].bytes, rules)) return outer[i].ip_index;
        return outer[0].ip_index;
    }

    bool contains(RuleId rule, std::span<const uint8_t> payload, const StringRules& rules) {
        inner_ids_.clear();
        if (!payload.empty()) rules.collect(payload, scratch_, inner_ids_);
        return std::find(inner_ids_.begin(), inner_ids_.end(), rule) != inner_ids_.end();
    }

    RuleHits hits_;
    std::vector<RuleId> inner_ids_;
    StringRules::Scratch scratch_;
};

}  // namespace

Match signature_match(const PacketView& view, const Packet& packet, size_t ip_index,
                      RuleHits& hits) {
    Match match = make_match(Family::kSignature, view, packet, ip_index, hits);
    match.excerpt = excerpt_of(packet.payload_of(ip_index));
    return match;
}

std::unique_ptr<Inspector> make_signature_inspector() {
    return std::make_unique<SignatureInspector>();
}

}  // namespace peek
