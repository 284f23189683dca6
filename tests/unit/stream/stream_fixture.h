// SPDX-License-Identifier: BSD-2-Clause
// What stream tests say: words are looked for, segments arrive, finds come out. Words are searched
// without the string matcher: in each segment alone and across segments, as the engine does.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/tcp_streams.h"
#include "util/bytes.h"

namespace peek::test {

using Texts = std::vector<std::string>;

inline std::string as_string(std::span<const uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

// Texts in two, in every place.
inline std::vector<Texts> every_split(const std::string& text) {
    std::vector<Texts> splits;
    for (size_t at = 1; at < text.size(); ++at)
        splits.push_back({text.substr(0, at), text.substr(at)});
    return splits;
}
inline Texts single_bytes(const std::string& text) {
    Texts bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    return bytes;
}

class StreamTest : public ::testing::Test, public StreamVisitor {
  public:
    size_t context() const override {
        size_t longest = 1;
        for (const std::string& word : words_) longest = std::max(longest, word.size());
        return longest - 1;
    }
    bool wants_http() const override { return true; }
    void on_boundary(std::span<const uint8_t> before, std::span<const uint8_t> after,
                     uint32_t seq) override {
        const std::string text = as_string(before) + as_string(after);
        for (size_t word = 0; word < words_.size(); ++word)
            for (size_t at = 0; (at = text.find(words_[word], at)) != std::string::npos; ++at) {
                const size_t end = at + words_[word].size();
                if (at < before.size() && end > before.size())
                    note(word, seq + static_cast<uint32_t>(end - before.size()), true);
            }
    }
    size_t target_context() const override { return 100; }
    void on_target(HttpRequest& /*request*/, std::string_view before,
                   std::string_view bytes) override {
        given_.append(bytes);
        EXPECT_TRUE(given_.ends_with(std::string(before) + std::string(bytes)));
    }
    void on_request(HttpRequest& request) override {
        given_.clear();
        if (streams_.first_time(1, 0, request.begin))
            found_.push_back(request.method + ' ' + request.target + ' ' + request.protocol);
    }
    void on_host(HttpRequest& request, std::string_view value) override {
        if (streams_.first_time(2, 0, request.begin))
            found_.push_back("host " + std::string(value));
    }
    void on_http_event(HttpEvent event) override { http_events_.push_back(event); }
    void on_message(std::span<const uint8_t> message, uint32_t begin, bool /*tried*/) override {
        if (streams_.first_time(3, 0, begin)) found_.push_back(as_string(message));
    }
    void on_dns_event(DnsEvent event) override { dns_events_.push_back(event); }

  protected:
    // The next segment. What was found by it.
    Texts see(uint32_t seq, const std::string& text) {
        segment_.seq = seq;
        // What is not stable is gone after the call.
        const auto bytes = std::make_unique<uint8_t[]>(text.size());
        std::copy(text.begin(), text.end(), bytes.get());
        if (segment_.stable) kept_.push_back(text);
        segment_.bytes = segment_.stable ? as_bytes(kept_.back())
                                         : std::span<const uint8_t>(bytes.get(), text.size());
        ++segment_.ordinal;
        needs_.clear();
        const TcpStreams::Verdict verdict = streams_.add(segment_, *this);
        for (size_t word = 0; word < words_.size(); ++word)
            for (size_t at = verdict.new_from;
                 (at = text.find(words_[word], at)) != std::string::npos; ++at)
                note(word, seq + static_cast<uint32_t>(at + words_[word].size()), false);
        segment_.urgent = 0;
        return std::exchange(found_, {});
    }
    // The texts one behind the other from `seq` on. All that was found.
    Texts see_all(uint32_t seq, const Texts& texts) {
        Texts all;
        for (const std::string& text : texts) {
            for (std::string& found : see(seq, text)) all.push_back(std::move(found));
            seq += static_cast<uint32_t>(text.size());
        }
        return all;
    }
    uint64_t count(StreamEvent event) const { return streams_.counts()[event]; }
    // Another connection.
    void next_flow() { ++segment_.flow.src_port; }

    Texts words_;
    TcpStreams::Options options_{};
    TcpStreams streams_{options_};
    TcpSegment segment_;
    Texts found_;
    std::vector<uint64_t> needs_;  // of the last word that was found across segments
    std::vector<HttpEvent> http_events_;
    std::vector<DnsEvent> dns_events_;

  private:
    void note(size_t word, uint32_t seq, bool across) {
        if (!streams_.first_time(0, static_cast<uint32_t>(word), seq)) return;
        found_.push_back(words_[word]);
        needs_.clear();
        if (across)
            streams_.collect_needs(seq - static_cast<uint32_t>(words_[word].size()), needs_);
    }
    std::string given_;
    std::vector<std::string> kept_ = [] {
        std::vector<std::string> kept;
        kept.reserve(100'000);
        return kept;
    }();
};

}  // namespace peek::test
