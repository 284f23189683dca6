// SPDX-License-Identifier: BSD-2-Clause
#include "detect/url_search.h"

#include <algorithm>
#include <utility>

#include "util/bytes.h"

namespace peek {
namespace {

bool needs_host(std::string_view target) {
    return target.front() == '/' || target == "*";
}

// HttpRequest::marks: the generation of the rules, then those found, ascending.
void add_marks(std::vector<RuleId>& marks, const std::vector<RuleId>& found) {
    marks.insert(marks.end(), found.begin(), found.end());
    std::sort(marks.begin() + 1, marks.end());
    marks.erase(std::unique(marks.begin() + 1, marks.end()), marks.end());
}

}  // namespace

void UrlSearch::begin(const RuleSets& rules, InspectionCounts& counts, Sightings& sightings) {
    rules_ = rules.url.get();
    generation_ = rules.generation;
    counts_ = &counts;
    sightings_ = &sightings;
    hits_.clear();
    facts_want_host_ = false;
}

std::optional<Match> UrlSearch::finish(const PacketView& view, const Packet& packet) {
    if (hits_.empty()) return std::nullopt;
    Match match = make_match(Family::kUrl, view, packet, packet.ip_count - 1U, hits_);
    match.evidence = std::move(facts_);
    return match;
}

size_t UrlSearch::target_context() const {
    return rules_->context();
}

// Rules of another generation are other rules.
void UrlSearch::refresh_marks(HttpRequest& request) const {
    if (request.marks.empty() || request.marks.front() != generation_)
        request.marks.assign(1, generation_);
}

void UrlSearch::on_target(HttpRequest& request, std::string_view before, std::string_view bytes) {
    found_.clear();
    rules_->collect(as_bytes(bytes), scratch_, found_);
    rules_->collect_across(as_bytes(before), as_bytes(bytes), scratch_, found_);
    if (found_.empty()) return;
    refresh_marks(request);
    add_marks(request.marks, found_);
}

void UrlSearch::on_request(HttpRequest& request) {
    if (request.marks.empty()) return;
    refresh_marks(request);
    found_.assign(request.marks.begin() + 1, request.marks.end());
    add(request, {});
}

// Behind the host, one byte less of the target than the longest rule has is enough: with all of it,
// a request of many Host lines and a long target would cost their product.
void UrlSearch::on_host(HttpRequest& request, std::string_view value) {
    if (facts_want_host_ && facts_request_ == request.begin) {
        facts_.hostname = value;
        facts_want_host_ = false;
    }
    if (!needs_host(request.target)) return;
    url_.assign("http://").append(value);
    url_.append(request.target, 0, rules_->context());
    found_.clear();
    rules_->collect(as_bytes(url_), scratch_, found_);
    if (found_.empty()) return;
    refresh_marks(request);
    std::erase_if(found_, [&](RuleId rule) {
        return std::binary_search(request.marks.begin() + 1, request.marks.end(), rule);
    });
    add_marks(request.marks, found_);
    add(request, std::string(value));
}

// The request's rules that found_ holds.
void UrlSearch::add(HttpRequest& request, std::string hostname) {
    for (const RuleId rule : found_)
        if (sightings_->is_new(Family::kUrl, rule, request.target_begin, request.begin))
            hits_.ids().push_back(rule);
    if (!hits_.improved()) return;
    facts_want_host_ = hostname.empty();
    facts_request_ = request.begin;
    facts_ = {request.method, request.target, std::move(hostname), request.protocol};
}

void UrlSearch::on_http_event(HttpEvent event) {
    counts_->http.count(event);
}

}  // namespace peek
