// SPDX-License-Identifier: BSD-2-Clause
// What detector tests say: rules are loaded, frames are seen, matches come out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/engine.h"
#include "support/frame_builder.h"

namespace peek::test {

class Collector final : public MatchSink {
  public:
    void on_match(const Match& match, const RuleSets& /*rules*/) override {
        matches_.push_back(match);
    }
    std::vector<Match> take() { return std::exchange(matches_, {}); }

  private:
    std::vector<Match> matches_;
};

inline Timestamp at_second(int64_t seconds) {
    return Timestamp{std::chrono::seconds(seconds)};
}

class DetectTest : public ::testing::Test {
  protected:
    // Unless a test is about streams, every frame is judged on its own.
    explicit DetectTest(bool reassembly = false) : engine_(sink_, {.reassembly = reassembly}) {}

    void load(Family family, std::string lines) {
        CompileReport report;
        const Result<void> compiled =
            compile_rules({rule_list(family), "rules.txt", std::move(lines)}, sets_, report);
        ASSERT_TRUE(compiled) << compiled.error().text;
    }
    void ignore(RuleList list, std::string lines) {
        CompileReport report;
        ASSERT_TRUE(compile_rules({list, "ignore.txt", std::move(lines)}, sets_, report));
    }
    void watch_scans(uint32_t ports, int64_t seconds) {
        sets_.scan = ScanRule{ports, std::chrono::seconds(seconds)};
    }

    // What the engine reports while it inspects one more frame.
    std::vector<Match> see(const Bytes& frame) {
        PacketView view = next_;
        view.ordinal = engine_.packets() + 1;
        view.bytes = frame;
        view.wire_len = static_cast<uint32_t>(frame.size());
        engine_.process({&view, 1}, sets_);
        return sink_.take();
    }
    std::vector<Match> see_at(int64_t second, const Bytes& frame) {
        next_.time = at_second(second);
        return see(frame);
    }
    std::vector<Match> finish() {
        engine_.finish(sets_);
        return sink_.take();
    }

    std::string rule_of(const Match& match) const {
        return std::string(sets_.set(match.family)->text(match.rule));
    }
    uint64_t counter(std::string_view name) const {
        for (const Counter& counter : engine_.counters())
            if (counter.name == name) return counter.value;
        ADD_FAILURE() << "no counter is called " << name;
        return 0;
    }

    RuleSets sets_;
    Collector sink_;
    Engine engine_;
    PacketView next_;  // what see() fills in but bytes, length and ordinal
};

inline std::vector<Family> families_of(const std::vector<Match>& matches) {
    std::vector<Family> families;
    for (const Match& match : matches) families.push_back(match.family);
    return families;
}

}  // namespace peek::test
