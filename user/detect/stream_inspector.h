// SPDX-License-Identifier: BSD-2-Clause
// StreamInspector: domains, URLs and signatures in TCP segments as parts of their streams, in
// packet order.
#pragma once

#include <array>
#include <vector>

#include "detect/inspector.h"
#include "detect/question_search.h"
#include "detect/rule_hits.h"
#include "detect/sightings.h"
#include "detect/url_search.h"
#include "rules/string_rules.h"
#include "stream/tcp_streams.h"

namespace peek {

// What a TCP packet with payload brings to its stream.
TcpSegment segment_of(const PacketView& view, const Packet& packet, FamilyMask families,
                      const RuleSets& rules, bool stable);

class StreamInspector final : private StreamVisitor, private Sightings {
  public:
    StreamInspector();

    struct Arrival {
        const PacketView& view;
        const Packet& packet;
        const TcpSegment& segment;
        FamilyMask families;       // that are looked for
        const PayloadHits* alone;  // what stage 1 found in the payload alone, or null
    };
    // Appends at most one match a family.
    void inspect(const Arrival& arrival, const RuleSets& rules, InspectionCounts& counts,
                 std::vector<Match>& matches);
    // Of segments that are to come: the way to their streams' state, and the state itself.
    void prefetch(const TcpSegment& far, const TcpSegment& near) const {
        streams_.prefetch_way(far.hash);
        streams_.prefetch(near.hash);
    }
    void finish(InspectionCounts& counts);

    const StreamCounts& counts() const { return streams_.counts(); }

  private:
    size_t context() const override { return context_; }
    bool wants_http() const override { return wants_http_; }
    void on_boundary(std::span<const uint8_t> before, std::span<const uint8_t> after,
                     uint32_t seq) override;
    size_t target_context() const override { return urls_.target_context(); }
    void on_target(HttpRequest& request, std::string_view before, std::string_view bytes) override {
        urls_.on_target(request, before, bytes);
    }
    void on_request(HttpRequest& request) override { urls_.on_request(request); }
    void on_host(HttpRequest& request, std::string_view value) override {
        urls_.on_host(request, value);
    }
    void on_http_event(HttpEvent event) override { counts_->http.count(event); }
    void on_message(std::span<const uint8_t> message, uint32_t begin, bool tried) override {
        questions_.search(message, begin, !tried);
    }
    void on_dns_event(DnsEvent event) override { counts_->dns.count(event); }
    bool is_new(Family family, RuleId rule, uint32_t place, uint32_t from) override;

    void add_alone(const Packet& packet, const PayloadHits& alone, size_t new_from);
    void add_found(uint32_t seq);
    void take_matches(const Arrival& arrival, std::vector<Match>& matches);
    void finish_match(Match match, std::vector<Match>& matches);

    TcpStreams streams_;
    InspectionCounts* counts_ = nullptr;
    const StringRules* signatures_ = nullptr;  // null: not looked for
    uint32_t generation_ = 0;
    size_t context_ = 0;
    bool wants_http_ = false;
    UrlSearch urls_;
    QuestionSearch questions_;
    RuleHits hits_;              // signatures
    std::vector<RuleId> outer_;  // those that only an outer payload of the packet contains
    std::vector<StringRules::Occurrence> found_;
    StringRules::Scratch scratch_;
    std::array<std::vector<uint64_t>, kFamilyCount> needs_;
};

}  // namespace peek
