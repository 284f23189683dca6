// SPDX-License-Identifier: BSD-2-Clause
// What one packet costs: decoding alone, and each detector on packets that it has work with,
// through both stages of the engine. Clean packets; the rules of bench/files in number and kind.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>

#include <cstring>

#include "capture_writer.h"
#include "decode/decode.h"
#include "detect/engine.h"
#include "support/frame_builder.h"

namespace peek::bench {
namespace {

using test::Bytes;
using test::eth;

class NoSink final : public MatchSink {
  public:
    void on_match(const Match& /*match*/, const RuleSets& /*rules*/) override { ++matches; }
    uint64_t matches = 0;
};

std::string host(Random& random) {
    return "10.0." + std::to_string(random.below(256)) + '.' + std::to_string(random.below(256));
}

Bytes tcp_of(Random& random, std::string_view payload) {
    return eth()
        .ipv4(host(random).c_str(), host(random).c_str())
        .tcp(static_cast<uint16_t>(random.next()), 80)
        .payload(payload);
}

Bytes ack(Random& random) {
    return tcp_of(random, "");
}
Bytes segment(Random& random) {
    return tcp_of(random, random.bytes(1'460));
}
Bytes short_segment(Random& random) {
    return tcp_of(random, random.bytes(24));
}
Bytes request(Random& random) {
    return tcp_of(random, "GET /" + random.word(4, 24) +
                              " HTTP/1.1\r\nHost: www.example\r\nUser-Agent: x\r\n\r\n");
}
Bytes syn(Random& random) {
    return eth()
        .ipv4(host(random).c_str(), host(random).c_str())
        .tcp(4000, static_cast<uint16_t>(random.next()), test::kSyn);
}
Bytes query(Random& random) {
    std::string message("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\3www", 16);
    const std::string label = random.word(4, 14);
    message += static_cast<char>(label.size()) + label + std::string("\3com\0\0\1\0\1", 9);
    return eth().ipv4(host(random).c_str(), "10.1.0.1").udp(4000, 53).payload(message);
}
Bytes ipv6_extensions(Random& /*random*/) {
    return eth()
        .vlan(7)
        .ipv6("2001:db8::1", "2001:db8::2")
        .hop_by_hop()
        .routing()
        .destination_options()
        .tcp(4000, 443);
}

using MakeFrame = Bytes (*)(Random&);

struct Frames {
    explicit Frames(MakeFrame make) {
        Random random(1);
        for (size_t i = 0; i < Block::kPackets; ++i) bytes.push_back(make(random));
        for (const Bytes& frame : bytes) {
            PacketView view;
            view.bytes = frame;
            view.wire_len = static_cast<uint32_t>(frame.size());
            views.push_back(view);
        }
    }
    // The next segments of the same connections: the same ones would be retransmissions.
    void go_on() {
        constexpr size_t kHeaders = 14 + 20 + 20;
        constexpr size_t kSequence = 14 + 20 + 4;
        for (Bytes& frame : bytes) {
            if (frame.size() <= kHeaders || frame[23] != 6) continue;
            uint32_t seq;
            std::memcpy(&seq, &frame[kSequence], sizeof seq);
            seq = htonl(ntohl(seq) + static_cast<uint32_t>(frame.size() - kHeaders));
            std::memcpy(&frame[kSequence], &seq, sizeof seq);
        }
    }

    std::vector<Bytes> bytes;
    std::vector<PacketView> views;
};

void add(RuleSets& rules, Family family, std::string lines) {
    CompileReport report;
    if (!compile_rules({rule_list(family), "rules", std::move(lines)}, rules, report)) std::abort();
}

RuleSets rules_for(FamilyMask families) {
    Random random(2);
    RuleSets rules;
    std::string addresses, domains, urls, signatures;
    for (int i = 0; i < 100'000; ++i) {
        addresses += std::to_string(20 + random.below(200)) + '.' +
                     std::to_string(random.below(256)) + '.' + std::to_string(random.below(256)) +
                     '.' + std::to_string(random.below(256)) + '\n';
        domains += random.word(8, 16) + ".com\n";
    }
    for (int i = 0; i < 1'000; ++i) {
        urls += '/' + random.word(8, 23) + '\n';
        signatures += random.word(8, 24) + '\n';
    }
    const auto wanted = [&](Family family) { return (families & family_bit(family)) != 0; };
    if (wanted(Family::kIp)) add(rules, Family::kIp, addresses);
    if (wanted(Family::kDomain)) add(rules, Family::kDomain, domains);
    if (wanted(Family::kUrl)) add(rules, Family::kUrl, urls);
    if (wanted(Family::kSignature)) add(rules, Family::kSignature, signatures);
    if (wanted(Family::kScan)) rules.scan = ScanRule{};
    return rules;
}

void decode_frames(benchmark::State& state, MakeFrame make) {
    const Frames frames(make);
    Packet packet;
    for (auto _ : state)
        for (const PacketView& view : frames.views) {
            decode(view, packet);
            benchmark::DoNotOptimize(packet);
        }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(frames.views.size()));
}

void inspect_frames(benchmark::State& state, MakeFrame make, FamilyMask families) {
    Frames frames(make);
    const RuleSets rules = rules_for(families);
    NoSink sink;
    Engine engine(sink);
    for (auto _ : state) {
        engine.process(frames.views, rules);
        frames.go_on();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(frames.views.size()));
    state.counters["matches"] = static_cast<double>(sink.matches);
}

constexpr FamilyMask kIp = family_bit(Family::kIp);
constexpr FamilyMask kDomain = family_bit(Family::kDomain);
constexpr FamilyMask kUrl = family_bit(Family::kUrl);
constexpr FamilyMask kSignature = family_bit(Family::kSignature);
constexpr FamilyMask kScan = family_bit(Family::kScan);

BENCHMARK_CAPTURE(decode_frames, tcp, ack);
BENCHMARK_CAPTURE(decode_frames, udp, query);
BENCHMARK_CAPTURE(decode_frames, ipv6_with_extensions, ipv6_extensions);
BENCHMARK_CAPTURE(inspect_frames, nothing, ack, 0);
BENCHMARK_CAPTURE(inspect_frames, addresses, ack, kIp);
BENCHMARK_CAPTURE(inspect_frames, domains, query, kDomain);
BENCHMARK_CAPTURE(inspect_frames, urls, request, kUrl);
BENCHMARK_CAPTURE(inspect_frames, urls_in_1460_bytes_of_no_request, segment, kUrl);
BENCHMARK_CAPTURE(inspect_frames, signatures_in_24_bytes, short_segment, kSignature);
BENCHMARK_CAPTURE(inspect_frames, signatures_in_1460_bytes, segment, kSignature);
BENCHMARK_CAPTURE(inspect_frames, scans, syn, kScan);
BENCHMARK_CAPTURE(inspect_frames, all_of_an_acknowledgement, ack, kAllFamiliesMask);
BENCHMARK_CAPTURE(inspect_frames, all_of_1460_bytes, segment, kAllFamiliesMask);

}  // namespace
}  // namespace peek::bench

BENCHMARK_MAIN();
