// SPDX-License-Identifier: BSD-2-Clause
// UrlSearch: the URL rules that the requests of an HttpStream contain. A rule is searched in the
// target as sent and, when that begins with '/' or is "*", in "http://" + Host + target for each
// Host line. What the target contains is known when the request line is complete; a Host line adds
// the rules that were not found in that request before.
#pragma once

#include <optional>
#include <string>

#include "detect/inspector.h"
#include "detect/rule_hits.h"
#include "detect/sightings.h"
#include "rules/string_rules.h"
#include "stream/http_stream.h"

namespace peek {

class UrlSearch final : public HttpStream::Visitor {
  public:
    // A new packet. All must stay valid until finish().
    void begin(const RuleSets& rules, InspectionCounts& counts, Sightings& sightings);
    // The packet's match, if there is one.
    std::optional<Match> finish(const PacketView& view, const Packet& packet);

    size_t target_context() const override;
    void on_target(HttpRequest& request, std::string_view before, std::string_view bytes) override;
    void on_request(HttpRequest& request) override;
    void on_host(HttpRequest& request, std::string_view value) override;
    void on_http_event(HttpEvent event) override;

  private:
    void add(HttpRequest& request, std::string hostname);
    void refresh_marks(HttpRequest& request) const;

    const StringRules* rules_ = nullptr;
    uint32_t generation_ = 0;
    InspectionCounts* counts_ = nullptr;
    Sightings* sightings_ = nullptr;
    RuleHits hits_;
    HttpFacts facts_;               // of the request in which hits_.lowest() was found first
    bool facts_want_host_ = false;  // the next Host line of that request is its hostname
    uint32_t facts_request_ = 0;
    std::vector<RuleId> found_;
    StringRules::Scratch scratch_;
    std::string url_;
};

}  // namespace peek
