// SPDX-License-Identifier: BSD-2-Clause
#include "detect/signature_detector.h"

#include "detect/rule_hits.h"
#include "detect/stateless_detector.h"
#include "rules/string_rules.h"

namespace peek {
namespace {

class SignatureInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 std::vector<Observation>& out) override {
        if (packet.payload.empty()) return;
        hits_.clear();
        rules.signature->collect({&packet.payload, 1}, scratch_, hits_.ids());
        if (!hits_.improved()) return;
        Match match = make_match(Family::kSignature, view, packet, packet.ip_count - 1U, hits_);
        match.excerpt = excerpt_of(packet.payload);
        out.emplace_back(std::move(match));
    }

  private:
    RuleHits hits_;
    StringRules::Scratch scratch_;
};

}  // namespace

std::unique_ptr<Detector> make_signature_detector() {
    return std::make_unique<StatelessDetector<Family::kSignature, SignatureInspector>>();
}

}  // namespace peek
