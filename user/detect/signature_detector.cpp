// SPDX-License-Identifier: BSD-2-Clause
#include "detect/signature_detector.h"

#include "rules/string_rules.h"

namespace peek {
namespace {

class SignatureInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (packet.payload.empty()) return;
        hits_.clear();
        rules.signature->collect({&packet.payload, 1}, scratch_, hits_.ids());
        if (!hits_.improved()) return;
        if (packet.transport == Transport::kTcp)
            out.observations.emplace_back(PayloadHits{Family::kSignature, hits_.ids()});
        else
            out.observations.emplace_back(signature_match(view, packet, hits_));
    }

  private:
    RuleHits hits_;
    StringRules::Scratch scratch_;
};

}  // namespace

Match signature_match(const PacketView& view, const Packet& packet, RuleHits& hits) {
    Match match = make_match(Family::kSignature, view, packet, packet.ip_count - 1U, hits);
    match.excerpt = excerpt_of(packet.payload);
    return match;
}

std::unique_ptr<Inspector> make_signature_inspector() {
    return std::make_unique<SignatureInspector>();
}

}  // namespace peek
