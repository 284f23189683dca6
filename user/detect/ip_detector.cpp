// SPDX-License-Identifier: BSD-2-Clause
#include "detect/ip_detector.h"

#include "detect/rule_hits.h"
#include "rules/ip_rules.h"

namespace peek {
namespace {

class IpInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        size_t matched = 0;
        hits_.clear();
        for (size_t i = packet.ip_count; i-- > 0;) {
            if (!rules.ip->may_match(packet.ip[i].src, packet.ip[i].dst)) continue;
            rules.ip->collect(packet.ip[i].src, packet.ip[i].dst, hits_.ids());
            if (hits_.improved()) matched = i;
        }
        if (hits_.empty()) return;
        Match match = make_match(Family::kIp, view, packet, matched, hits_);
        match.excerpt = excerpt_of(packet.payload_of(matched));
        out.observations.emplace_back(std::move(match));
    }

  private:
    RuleHits hits_;
};

}  // namespace

std::unique_ptr<Inspector> make_ip_inspector() {
    return std::make_unique<IpInspector>();
}

}  // namespace peek
