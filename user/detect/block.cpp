// SPDX-License-Identifier: BSD-2-Clause
#include "detect/block.h"

#include <algorithm>
#include <bit>

#include "decode/decode.h"
#include "detect/domain_detector.h"
#include "detect/ip_detector.h"
#include "detect/scan_detector.h"
#include "detect/signature_detector.h"
#include "detect/stream_inspector.h"
#include "rules/ip_rules.h"

namespace peek {

namespace {

constexpr FamilyMask kDomainOrUrl = family_bit(Family::kDomain) | family_bit(Family::kUrl);
constexpr FamilyMask kPayload = kDomainOrUrl | family_bit(Family::kSignature);

// The outermost IP layer with an ignored address; ip_count: there is none.
size_t first_ignored(const Packet& packet, const IpRules& ignore) {
    const auto end = packet.ip.begin() + packet.ip_count;
    const auto found = std::find_if(
        packet.ip.begin(), end, [&](const IpLayer& ip) { return ignore.covers(ip.src, ip.dst); });
    return static_cast<size_t>(found - packet.ip.begin());
}

// Families that cannot find anything in the packet.
FamilyMask hopeless(const Packet& packet, FamilyMask families, const RuleSets& rules) {
    FamilyMask none = is_probe(packet) ? 0 : family_bit(Family::kScan);
    if (packet.all_payloads().empty() && packet.tcp_urgent == 0) return none | kPayload;
    if ((families & family_bit(Family::kDomain)) != 0 && packet.tunnel_count == 0 &&
        !on_dns_port(packet.src_port, packet.dst_port, rules))
        none |= family_bit(Family::kDomain);
    return none;
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
    block.tasks.clear();
    block.found.clear();
    block.latest = Timestamp::min();
    const FamilyMask loaded = rules.families();
    for (size_t i = 0; i < count; ++i) inspect_packet(block, i, loaded, rules);
}

void BlockInspector::inspect_packet(Block& block, size_t index, FamilyMask loaded,
                                    const RuleSets& rules) {
    const PacketView& view = block.views[index];
    Packet& packet = block.packets[index];
    decode(view, packet);
    block.latest = std::max(block.latest, view.time);
    const size_t before = block.found.observations.size();
    const Block::Verdict verdict = judge(view, view.families & loaded, rules, packet, block.found);
    const size_t end = block.found.observations.size();
    if (end == before && (verdict.deferred | verdict.fragment) == 0) return;
    Block::Task& task = block.tasks.emplace_back();
    task.packet = static_cast<uint32_t>(index);
    task.found_end = static_cast<uint32_t>(end);
    task.verdict = verdict;
    task.latest = block.latest;
    if (verdict.deferred != 0)
        task.segment = segment_of(view, packet, verdict.deferred, rules, block.stable);
}

// Whoever wraps an ignored address into a packet does not hide its own: what is around layer
// `ignored` stands for itself. Whether a listed address was found there.
bool BlockInspector::match_around(size_t ignored, const PacketView& view, const RuleSets& rules,
                                  const Packet& packet, Findings& out) {
    if (ignored == 0) return false;
    Packet around = packet;
    around.ip_count = static_cast<uint8_t>(ignored);
    around.protocol = packet.ip[ignored - 1].protocol;
    around.has_ports = false;
    around.payload = {};
    if (const Payload* outer = packet.outer_payload_of(ignored - 1)) {
        around.has_ports = true;
        around.src_port = outer->src_port;
        around.dst_port = outer->dst_port;
        around.payload = outer->bytes;
    }
    const size_t before = out.observations.size();
    inspectors_[static_cast<size_t>(Family::kIp)]->inspect(view, around, rules, out);
    return out.observations.size() != before;
}

Block::Verdict BlockInspector::judge(const PacketView& view, FamilyMask families,
                                     const RuleSets& rules, const Packet& packet, Findings& out) {
    Block::Verdict verdict;
    out.counts.decode.count(packet.event);
    if (packet.ip_count == 0 || families == 0) return verdict;
    if (rules.ignore) {
        const size_t ignored = first_ignored(packet, *rules.ignore);
        if (ignored < packet.ip_count) {
            if ((families & family_bit(Family::kIp)) == 0 ||
                !match_around(ignored, view, rules, packet, out))
                ++out.counts.ignored;
            return verdict;
        }
    }
    if (packet.fragment) verdict.fragment = families;
    families &= ~hopeless(packet, families, rules);
    const bool tcp = packet.transport == Transport::kTcp;
    if (tcp && (!packet.payload.empty() || packet.tcp_urgent != 0))
        verdict.deferred = families & kPayload;
    // The datagrams around a segment can be lookups.
    FamilyMask now = families & ~family_bit(Family::kUrl);
    if (tcp && packet.outer_payloads().empty()) now &= ~family_bit(Family::kDomain);
    for (; now != 0; now &= now - 1)
        inspectors_[static_cast<size_t>(std::countr_zero(now))]->inspect(view, packet, rules, out);
    return verdict;
}

}  // namespace peek
