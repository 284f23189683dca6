// SPDX-License-Identifier: BSD-2-Clause
#include "bpf/reference.h"

#include <algorithm>

#include "decode/decode.h"
#include "rules/ip_rules.h"

namespace peek::test {
namespace {

void make_candidate(Verdict& verdict, FamilyMask families, peek_reason reason) {
    if (!families) return;
    if (!verdict.families) verdict.reason = reason;
    verdict.families |= families;
}

bool on_dns_port(const Packet& packet, const RuleSets& rules) {
    const auto is = [&rules](uint16_t port) {
        return std::find(rules.dns_ports.begin(), rules.dns_ports.end(), port) !=
               rules.dns_ports.end();
    };
    return is(packet.src_port) || is(packet.dst_port);
}

void judge_payload(const Packet& packet, const RuleSets& rules, Verdict& verdict) {
    const FamilyMask on = rules.families();
    if (on & PEEK_FAMILY_DOMAIN && on_dns_port(packet, rules))
        make_candidate(verdict, PEEK_FAMILY_DOMAIN, PEEK_REASON_DNS);
    const FamilyMask of_tcp = packet.transport == Transport::kTcp ? PEEK_FAMILY_URL : 0;
    make_candidate(verdict, on & (of_tcp | PEEK_FAMILY_SIGNATURE), PEEK_REASON_PAYLOAD);
}

bool is_probe(const Packet& packet) {
    return packet.transport == Transport::kTcp &&
           (packet.tcp_flags & (PEEK_TCP_SYN | PEEK_TCP_ACK)) == PEEK_TCP_SYN;
}

// By EtherType: the kernel then knows no address.
bool is_link_tunnel(const Bytes& frame, LinkType link, const Packet& packet) {
    const size_t at = 12 + 4U * packet.vlan_count;
    if (link != LinkType::kEthernet || frame.size() < at + 2) return false;
    return peek_ether_type_is_opened(static_cast<uint16_t>(frame[at] << 8 | frame[at + 1])) != 0;
}

bool is_ip_tunnel(const Packet& packet) {
    if (packet.encapsulations > 0) return true;
    if (packet.transport == Transport::kUdp)
        return peek_port_is_opened(packet.src_port) || peek_port_is_opened(packet.dst_port);
    return packet.transport == Transport::kOther && peek_protocol_is_opened(packet.protocol);
}

// What the outermost IP header and what follows it are a reason for.
void judge_ip(const Packet& packet, const RuleSets& rules, Verdict& verdict) {
    const FamilyMask on = rules.families();
    const FamilyMask counted = is_probe(packet) ? PEEK_FAMILY_SCAN : 0;
    const bool tunnel = is_ip_tunnel(packet);
    if (rules.ip && packet.ip_count && rules.ip->covers(packet.ip[0].src, packet.ip[0].dst))
        make_candidate(verdict, PEEK_FAMILY_IP, PEEK_REASON_IP);
    if (packet.fragment && packet.encapsulations == 0)
        make_candidate(verdict, on & ~counted, PEEK_REASON_FRAGMENT);
    if (tunnel) make_candidate(verdict, on, PEEK_REASON_TUNNEL);
    const bool urgent = packet.transport == Transport::kTcp && packet.tcp_urgent != 0;
    if (!tunnel && (!packet.payload.empty() || urgent)) judge_payload(packet, rules, verdict);
}

void heed_ignore_list(const Packet& packet, const RuleSets& rules, Verdict& verdict) {
    if (!verdict.families || !rules.ignore || packet.ip_count == 0) return;
    if (!rules.ignore->covers(packet.ip[0].src, packet.ip[0].dst)) return;
    verdict.families = 0;
    verdict.reason = PEEK_REASON_NONE;
    verdict.ignored = true;
}

}  // namespace

Verdict reference_verdict(const Bytes& frame, LinkType link, const RuleSets& rules) {
    PacketView view;
    view.link = link;
    view.wire_len = static_cast<uint32_t>(frame.size());
    view.bytes = frame;
    Packet packet;
    decode(view, packet);

    Verdict verdict;
    if (is_link_tunnel(frame, link, packet)) {
        make_candidate(verdict, rules.families(), PEEK_REASON_TUNNEL);
        return verdict;
    }
    verdict.header_chain =
        packet.encapsulations == 0 && (packet.event == DecodeEvent::kVlanTooMany ||
                                       packet.event == DecodeEvent::kExtensionTooMany);
    judge_ip(packet, rules, verdict);
    heed_ignore_list(packet, rules, verdict);
    return verdict;
}

peek_counters expected_counters(const Verdict& verdict) {
    peek_counters expected{};
    expected.seen = 1;
    (verdict.families ? expected.candidates : expected.passed_clean) = 1;
    if (verdict.families) expected.by_reason[verdict.reason] = 1;
    if (verdict.ignored) expected.ignored = 1;
    if (verdict.header_chain) expected.blind[PEEK_BLIND_HEADER_CHAIN] = 1;
    return expected;
}

}  // namespace peek::test
