// SPDX-License-Identifier: BSD-2-Clause
#include "detect/fragment_inspector.h"

#include <algorithm>
#include <utility>

#include "decode/decode.h"
#include "detect/scan_detector.h"
#include "rules/hash_seed.h"

namespace peek {
namespace {

// Fragments in tunnels in fragments …
constexpr int kMaxDepth = 4;

void add_needs(const std::vector<uint64_t>& needs, uint64_t own, std::vector<uint64_t>& all) {
    all.insert(all.end(), needs.begin(), needs.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase(all, own);
}

}  // namespace

void unite(Match match, std::vector<Match>& matches) {
    const auto same = std::find_if(matches.begin(), matches.end(), [&](const Match& other) {
        return other.family == match.family;
    });
    if (same == matches.end()) return matches.push_back(std::move(match));
    const uint32_t distinct = std::max(same->distinct_rules, match.distinct_rules);
    if (match.rule < same->rule) *same = std::move(match);
    same->distinct_rules = distinct;
}

FragmentInspector::FragmentInspector() : fragments_({.hash_seed = hash_seed()}) {}

void FragmentInspector::inspect(const PacketView& view, const Packet& packet, FamilyMask families,
                                const RuleSets& rules, Timestamp now, StreamInspector& streams,
                                InspectionCounts& counts, std::vector<Match>& matches,
                                std::vector<ScanProbe>& probes) {
    add({view, families, rules, now, streams, counts, matches, probes}, packet, 0);
}

void FragmentInspector::add(const Fragment& fragment, const Packet& packet, int depth) {
    std::vector<FragmentNote> notes;
    if (packet.first_fragment) {
        for (const Match& match : fragment.matches)
            notes.push_back({match.family, match.rule, match.distinct_rules});
        // Its probe is counted already.
        if (is_probe(packet)) notes.push_back({Family::kScan, kNoRule, packet.dst_port});
    }
    const std::vector<WholeDatagram> wholes =
        fragments_.add(fragment.view, packet, fragment.now, std::move(notes));
    for (const WholeDatagram& whole : wholes) {
        std::vector<FragmentNote> finds;
        // A reading may hold another fragment, which goes the same way.
        for (const auto& reading : whole.readings)
            judge(fragment, packet, whole, reading, depth, finds);
        fragments_.told(whole, finds);
    }
}

void FragmentInspector::judge(const Fragment& fragment, const Packet& packet,
                              const WholeDatagram& whole, std::span<const uint8_t> reading,
                              int depth, std::vector<FragmentNote>& finds) {
    const PacketView& view = fragment.view;
    Packet inner;
    decode_datagram(packet, whole.protocol, reading, inner);
    FamilyMask families = fragment.families;
    // The headers of the fragment itself are judged already.
    if (inner.ip_count == packet.ip_count) families &= ~family_bit(Family::kIp);
    found_.clear();
    const Block::Verdict verdict = inspector_.judge(view, families, fragment.rules, inner, found_);
    std::vector<Match> matches;
    const PayloadHits* hits = nullptr;
    const auto noted = [&](Family family, RuleId rule, uint32_t distinct) {
        return std::find(whole.notes.begin(), whole.notes.end(),
                         FragmentNote{family, rule, distinct}) != whole.notes.end();
    };
    for (Observation& observation : found_.observations) {
        if (auto* match = std::get_if<Match>(&observation)) {
            if (noted(match->family, match->rule, match->distinct_rules)) continue;
            finds.push_back({match->family, match->rule, match->distinct_rules});
            matches.push_back(std::move(*match));
        } else if (auto* probe = std::get_if<ScanProbe>(&observation)) {
            if (inner.ip_count == packet.ip_count && noted(Family::kScan, kNoRule, inner.dst_port))
                continue;
            probe->hidden = true;
            finds.push_back({Family::kScan, kNoRule, inner.dst_port});
            fragment.probes.push_back(std::move(*probe));
        } else {
            hits = std::get_if<PayloadHits>(&observation);
        }
    }
    fragment.counts.add(found_.counts);
    if (verdict.deferred != 0)
        fragment.streams.inspect(
            {view, inner, segment_of(view, inner, verdict.deferred, fragment.rules, false),
             verdict.deferred, hits},
            fragment.rules, fragment.counts, matches);
    for (Match& match : matches) {
        match.reassembled = true;
        add_needs(whole.needs, view.ordinal, match.needs);
        unite(std::move(match), fragment.matches);
    }
    if (verdict.fragment != 0 && depth == kMaxDepth)
        fragment.counts.decode.count(DecodeEvent::kTunnelTooDeep);
    if (verdict.fragment != 0 && depth < kMaxDepth) {
        Fragment again{view,
                       verdict.fragment,
                       fragment.rules,
                       fragment.now,
                       fragment.streams,
                       fragment.counts,
                       fragment.matches,
                       fragment.probes};
        add(again, inner, depth + 1);
    }
}

}  // namespace peek
