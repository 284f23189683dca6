// SPDX-License-Identifier: BSD-2-Clause
#include "app/block_workers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/frame_builder.h"

namespace peek::test {
namespace {

using State = PacketSource::State;

// Batches of few packets, whose bytes are gone at the next call.
class SmallBatches final : public PacketSource {
  public:
    SmallBatches(const std::vector<Bytes>& frames, State last) : frames_(frames), last_(last) {}

    Batch next() override {
        std::fill(bytes_.begin(), bytes_.end(), uint8_t{0});
        views_.clear();
        bytes_.clear();
        if (at_ == frames_.size()) return {{}, last_};
        const size_t count = std::min<size_t>(1 + random_() % 5, frames_.size() - at_);
        for (size_t i = at_; i < at_ + count; ++i)
            bytes_.insert(bytes_.end(), frames_[i].begin(), frames_[i].end());
        const uint8_t* bytes = bytes_.data();
        for (; views_.size() < count; ++at_) {
            PacketView view;
            view.time = Timestamp{std::chrono::milliseconds(at_)};
            view.ordinal = at_ + 1;
            view.bytes = {bytes, frames_[at_].size()};
            view.wire_len = static_cast<uint32_t>(frames_[at_].size());
            bytes += frames_[at_].size();
            views_.push_back(view);
        }
        return {views_, random_() % 4 == 0 ? State::kIdle : State::kMore};
    }
    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return 0; }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return "small-batches"; }

  private:
    const std::vector<Bytes>& frames_;
    State last_;
    size_t at_ = 0;
    std::vector<PacketView> views_;
    Bytes bytes_;
    std::optional<Error> error_;
    std::mt19937 random_{7};
};

class Told final : public MatchSink {
  public:
    void on_match(const Match& match, const RuleSets& /*rules*/) override {
        lines.push_back(std::to_string(match.packet.ordinal) + ' ' +
                        std::string(family_name(match.family)) + ' ' + std::to_string(match.rule) +
                        ' ' + match.excerpt);
    }
    std::vector<std::string> lines;
};

class BlockWorkersTest : public ::testing::Test {
  protected:
    void SetUp() override {
        load(Family::kIp, "10.0.0.7\n");
        load(Family::kUrl, "/evil\n");
        load(Family::kSignature, "evil\nbad\n");
        rules_.scan = ScanRule{20, std::chrono::seconds(60)};
        for (uint16_t i = 0; i < 3000; ++i) frames_.push_back(frame(i));
    }
    void load(Family family, std::string lines) {
        CompileReport report;
        ASSERT_TRUE(compile_rules({rule_list(family), "rules", std::move(lines)}, rules_, report));
    }
    static Bytes frame(uint16_t i) {
        const std::string source = "10.0.0." + std::to_string(i % 11 + 1);
        if (i % 7 == 0) return eth().ipv4(source.c_str(), "10.1.0.1").tcp(4000, i, kSyn);
        if (i % 7 == 1)
            return eth().ipv4(source.c_str(), "10.1.0.1").udp(4000, 9).payload("so bad");
        const std::string target = i % 3 == 0 ? "/evil" : "/" + std::string(i % 300, 'x');
        return eth()
            .ipv4(source.c_str(), "10.1.0.1")
            .tcp(i, 80)  // a connection of its own: nothing is a retransmission
            .payload("GET " + target + " HTTP/1.1\n\n");
    }

    // What is told when so many threads inspect; stops after so many blocks.
    std::vector<std::string> told_by(unsigned threads, size_t blocks = SIZE_MAX) {
        SmallBatches source(frames_, State::kEnd);
        Told told;
        Engine engine(told);
        BlockWorkers workers(threads, rules_);
        workers.run(source, engine, [&] { return --blocks != 0; });
        engine.finish(rules_);
        packets_ = engine.packets();
        return told.lines;
    }

    RuleSets rules_;
    std::vector<Bytes> frames_;
    uint64_t packets_ = 0;
};

TEST_F(BlockWorkersTest, AnyNumberOfThreadsTellsTheSame) {
    const std::vector<std::string> alone = told_by(1);
    EXPECT_EQ(packets_, frames_.size());
    EXPECT_GT(alone.size(), 1000U);
    for (const unsigned threads : {2U, 3U, 8U}) {
        EXPECT_EQ(told_by(threads), alone) << threads << " threads";
        EXPECT_EQ(packets_, frames_.size());
    }
}

TEST_F(BlockWorkersTest, WhatIsInterruptedEndsAfterTheBlockThatWasCommitted) {
    told_by(1, 50);
    const uint64_t packets = packets_;
    EXPECT_EQ(told_by(4, 50), told_by(1, 50));
    EXPECT_EQ(packets_, packets);
    EXPECT_LT(packets_, frames_.size());
}

TEST_F(BlockWorkersTest, WorkersGoFromOneSourceToTheNext) {
    BlockWorkers workers(4, rules_);
    for (const State last : {State::kEnd, State::kFailed, State::kEnd}) {
        SmallBatches source(frames_, last);
        Told told;
        Engine engine(told);
        EXPECT_EQ(workers.run(source, engine, [] { return true; }), last);
        EXPECT_EQ(engine.packets(), frames_.size());
    }
}

}  // namespace
}  // namespace peek::test
