// SPDX-License-Identifier: BSD-2-Clause
// For tables of what is told of a payload: the same however it travels.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "detect_fixture.h"

namespace peek::test {

using Texts = std::vector<std::string>;

// Rules of one family, and what an engine that has them says of frames.
class Table {
  public:
    Table(Family family, std::string lines) {
        CompileReport report;
        const Result<void> compiled =
            compile_rules({rule_list(family), "rules.txt", std::move(lines)}, rules_, report);
        EXPECT_TRUE(compiled) << compiled.error().text;
    }

    struct Said {
        std::vector<Match> matches;
        Texts events;  // names of counters, as often as they count
    };
    Said of(const std::vector<Bytes>& frames, bool reassembly) const {
        Collector collector;
        Engine engine(collector, {.reassembly = reassembly});
        PacketView view;
        for (const Bytes& frame : frames) {
            ++view.ordinal;
            view.bytes = frame;
            view.wire_len = static_cast<uint32_t>(frame.size());
            engine.process({&view, 1}, rules_);
        }
        engine.finish(rules_);
        Said said{collector.take(), {}};
        for (const Counter& counter : engine.counters())
            for (uint64_t n = 0; n < counter.value; ++n) said.events.emplace_back(counter.name);
        return said;
    }
    std::string_view rule_of(const Match& match) const {
        return rules_.set(match.family)->text(match.rule);
    }

  private:
    RuleSets rules_;
};

inline Frame from_client() {
    return eth().ipv4("10.0.0.1", "10.0.0.2");
}

// Segments of one connection, each of `most` bytes or less; one of them ends at `cut`.
inline std::vector<Bytes> segments(std::string_view text, uint16_t port, size_t cut = 0,
                                   size_t most = 32'768) {
    std::vector<Bytes> frames;
    for (size_t at = 0; at < text.size();) {
        const size_t size = std::min(most, at < cut ? cut - at : text.size() - at);
        frames.push_back(from_client()
                             .tcp(4000, port)
                             .sequence(static_cast<uint32_t>(1000 + at))
                             .payload(text.substr(at, size)));
        at += size;
    }
    return frames;
}

inline bool is_long(const std::string& text) {
    return text.size() > 5'000;
}
// Every place; of a long text those near its ends and near what is kept of it, and some others.
inline std::vector<size_t> cuts_of(const std::string& text) {
    constexpr size_t kKept = 65'536;
    std::vector<size_t> cuts;
    for (size_t at = 1; at < text.size(); ++at)
        if (!is_long(text) || at < 20 || text.size() - at < 60 || at % 4'096 == 0 ||
            (at > kKept - 20 && at < kKept + 20))
            cuts.push_back(at);
    return cuts;
}

}  // namespace peek::test
