// SPDX-License-Identifier: BSD-2-Clause
#include "detect/block.h"

#include <algorithm>
#include <bit>

#include "decode/decode.h"
#include "detect/domain_detector.h"
#include "detect/ip_detector.h"
#include "detect/scan_detector.h"
#include "detect/signature_detector.h"
#include "rules/ip_rules.h"

namespace peek {

namespace {

constexpr FamilyMask kDomainOrUrl = family_bit(Family::kDomain) | family_bit(Family::kUrl);
constexpr FamilyMask kPayload = kDomainOrUrl | family_bit(Family::kSignature);

bool is_ignored(const Packet& packet, const IpRules& ignore) {
    return std::any_of(packet.ip.begin(), packet.ip.begin() + packet.ip_count,
                       [&](const IpLayer& ip) { return ignore.covers(ip.src, ip.dst); });
}

}  // namespace

BlockInspector::BlockInspector()
    : inspectors_{make_ip_inspector(), make_domain_inspector(), nullptr, make_signature_inspector(),
                  make_scan_inspector()} {}
BlockInspector::~BlockInspector() = default;
BlockInspector::BlockInspector(BlockInspector&&) noexcept = default;

void BlockInspector::inspect(Block& block, const RuleSets& rules) {
    const size_t count = block.views.size();
    if (block.packets.size() < count) block.packets.resize(count);
    block.verdicts.resize(count);
    block.found.clear();
    const FamilyMask loaded = rules.families();
    for (size_t i = 0; i < count; ++i) {
        const PacketView& view = block.views[i];
        decode(view, block.packets[i]);
        block.verdicts[i] =
            judge(view, view.families & loaded, rules, block.packets[i], block.found);
        block.verdicts[i].found_end = static_cast<uint32_t>(block.found.observations.size());
    }
}

Block::Verdict BlockInspector::judge(const PacketView& view, FamilyMask families,
                                     const RuleSets& rules, const Packet& packet, Findings& out) {
    Block::Verdict verdict;
    out.counts.decode.count(packet.event);
    if (packet.ip_count == 0 || families == 0) return verdict;
    if (rules.ignore && is_ignored(packet, *rules.ignore)) {
        ++out.counts.ignored;
        return verdict;
    }
    if (packet.fragment) verdict.fragment = families;
    if (packet.all_payloads().empty()) families &= ~kPayload;
    const bool tcp = packet.transport == Transport::kTcp;
    if (tcp && !packet.payload.empty()) verdict.deferred = families & kPayload;
    // The datagrams around a segment can be lookups.
    FamilyMask now = families & ~family_bit(Family::kUrl);
    if (tcp && packet.outer_payloads().empty()) now &= ~family_bit(Family::kDomain);
    for (; now != 0; now &= now - 1)
        inspectors_[static_cast<size_t>(std::countr_zero(now))]->inspect(view, packet, rules, out);
    return verdict;
}

}  // namespace peek
