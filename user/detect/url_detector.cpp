// SPDX-License-Identifier: BSD-2-Clause
#include "detect/url_detector.h"

#include <string>
#include <string_view>

#include "decode/http.h"
#include "detect/rule_hits.h"
#include "rules/string_rules.h"

namespace peek {
namespace {

// rules/README.md: no rule is longer. A match that the target alone does not hold begins in front
// of it, so behind the host one byte less of the target is enough; with all of it, a request of
// many Host lines and a long target would cost their product.
constexpr size_t kLongestRule = 4096;

// RFC 9112 §3.2 allows one; a request of thousands must not cost as many searches.
constexpr int kMaxHosts = 32;

std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool needs_host(std::string_view target) {
    return target.front() == '/' || target == "*";
}

std::string first_host(const HttpRequest& request) {
    std::string_view host;
    HttpHeaderLines(request.headers).next("Host", host);
    return std::string(host);
}

class UrlInspector final : public Inspector {
  public:
    void inspect(const PacketView& view, const Packet& packet, const RuleSets& rules,
                 Findings& out) override {
        if (packet.transport != Transport::kTcp || packet.payload.empty()) return;
        hits_.clear();
        HttpRequests requests(
            {reinterpret_cast<const char*>(packet.payload.data()), packet.payload.size()});
        HttpRequest request;
        while (requests.next(request)) search_request(request, *rules.url, out.counts);
        out.counts.http.count(requests.event());
        if (hits_.empty()) return;
        Match match = make_match(Family::kUrl, view, packet, packet.ip_count - 1U, hits_);
        match.evidence = std::move(facts_);
        out.observations.emplace_back(std::move(match));
    }

  private:
    void search_request(const HttpRequest& request, const StringRules& rules,
                        InspectionCounts& counts) {
        if (improves(request.target, rules)) keep(request, first_host(request));
        if (!needs_host(request.target)) return;
        HttpHeaderLines lines(request.headers);
        std::string_view host;
        for (int searched = 0; lines.next("Host", host); searched++) {
            if (searched == kMaxHosts) return counts.http.count(HttpEvent::kTooManyHosts);
            url_.assign("http://").append(host);
            url_.append(request.target.substr(0, kLongestRule - 1));
            if (improves(url_, rules)) keep(request, std::string(host));
        }
    }

    bool improves(std::string_view text, const StringRules& rules) {
        const std::span<const uint8_t> bytes = as_bytes(text);
        rules.collect({&bytes, 1}, scratch_, hits_.ids());
        return hits_.improved();
    }

    void keep(const HttpRequest& request, std::string hostname) {
        facts_ = {std::string(request.method), std::string(request.target), std::move(hostname),
                  std::string(request.protocol)};
    }

    RuleHits hits_;
    HttpFacts facts_;  // of the request in which hits_.lowest() was found first
    StringRules::Scratch scratch_;
    std::string url_;
};

}  // namespace

std::unique_ptr<Inspector> make_url_inspector() {
    return std::make_unique<UrlInspector>();
}

}  // namespace peek
