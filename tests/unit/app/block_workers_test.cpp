// SPDX-License-Identifier: BSD-2-Clause
#include "app/block_workers.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <random>
#include <set>

#include "support/frame_builder.h"
#include "unit/source/capture_reading.h"

namespace peek::test {
namespace {

using State = PacketSource::State;

// Batches of few packets, whose bytes are gone at the next call, or stay.
class SmallBatches final : public PacketSource {
  public:
    SmallBatches(const std::vector<Bytes>& frames, State last, bool stable = false)
        : frames_(frames), last_(last), stable_(stable) {}
    ~SmallBatches() override { EXPECT_FALSE(in_use_); }

    Batch next() override {
        EXPECT_FALSE(in_use_.exchange(true)) << "two threads read";
        readers_.insert(std::this_thread::get_id());
        const Batch batch = make_batch();
        if (stable_) std::this_thread::sleep_for(std::chrono::microseconds(10));  // to be met there
        in_use_ = false;
        return batch;
    }
    bool stable() const override { return stable_; }
    uint64_t bytes_read() const override { return at_; }
    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return 0; }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return "small-batches"; }
    const std::set<std::thread::id>& readers() const { return readers_; }

  private:
    Batch make_batch() {
        if (stable_ && !bytes_.empty()) kept_.push_back(std::move(bytes_));
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

    const std::vector<Bytes>& frames_;
    State last_;
    bool stable_;
    std::atomic<bool> in_use_ = false;
    std::set<std::thread::id> readers_;
    size_t at_ = 0;
    std::vector<PacketView> views_;
    Bytes bytes_;
    std::deque<Bytes> kept_;
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
    std::vector<std::string> told_by(unsigned threads, size_t blocks = SIZE_MAX,
                                     bool stable = false) {
        Told told;
        Engine engine(told);
        BlockWorkers workers(threads, rules_);
        {
            SmallBatches source(frames_, State::kEnd, stable);
            workers.run(source, engine, [&](uint64_t bytes_read) {
                EXPECT_EQ(bytes_read, engine.packets());  // one each, see SmallBatches
                return --blocks != 0;
            });
            readers_ = source.readers();
        }
        engine.finish(rules_);
        packets_ = engine.packets();
        return told.lines;
    }

    RuleSets rules_;
    std::vector<Bytes> frames_;
    uint64_t packets_ = 0;
    std::set<std::thread::id> readers_;
};

TEST_F(BlockWorkersTest, AnyNumberOfThreadsTellsTheSame) {
    const std::vector<std::string> alone = told_by(1);
    EXPECT_EQ(packets_, frames_.size());
    EXPECT_GT(alone.size(), 1000U);
    for (const unsigned threads : {2U, 3U, 8U}) {
        EXPECT_EQ(told_by(threads), alone) << threads << " threads";
        EXPECT_EQ(packets_, frames_.size());
        EXPECT_EQ(readers_, std::set{std::this_thread::get_id()});
    }
}

TEST_F(BlockWorkersTest, WhatStaysIsReadByAnyThread) {
    const std::vector<std::string> alone = told_by(1);
    size_t most = 0;
    for (const unsigned threads : {1U, 2U, 3U, 8U}) {
        for (int again = 0; again < 10; ++again) {
            EXPECT_EQ(told_by(threads, SIZE_MAX, true), alone) << threads << " threads";
            EXPECT_EQ(packets_, frames_.size());
            most = std::max(most, readers_.size());
        }
    }
    EXPECT_GT(most, 1U);
}

TEST_F(BlockWorkersTest, WhatIsInterruptedEndsAfterTheBlockThatWasCommitted) {
    told_by(1, 50);
    const uint64_t packets = packets_;
    EXPECT_EQ(told_by(4, 50), told_by(1, 50));
    EXPECT_EQ(packets_, packets);
    for (int again = 0; again < 10; ++again) EXPECT_EQ(told_by(4, 50, true), told_by(1, 50, true));
    EXPECT_EQ(packets_, packets);
    EXPECT_LT(packets_, frames_.size());
}

TEST_F(BlockWorkersTest, WorkersGoFromOneSourceToTheNext) {
    BlockWorkers workers(4, rules_);
    for (const State last : {State::kEnd, State::kFailed, State::kEnd}) {
        SmallBatches source(frames_, last);
        Told told;
        Engine engine(told);
        EXPECT_EQ(workers.run(source, engine, [](uint64_t) { return true; }), last);
        EXPECT_EQ(engine.packets(), frames_.size());
    }
}

// A file that is cut when its first batch was read, before anyone has looked at the packets.
class CutBehindTheReader final : public PacketSource {
  public:
    explicit CutBehindTheReader(const std::string& path)
        : path_(path), file_(std::move(*open_pcap(path))) {}
    Batch next() override {
        const Batch batch = file_->next();
        EXPECT_EQ(::truncate(path_.c_str(), 0), 0);
        return batch;
    }
    const std::optional<Error>& error() const override { return file_->error(); }
    uint64_t bytes_dropped() const override { return file_->bytes_dropped(); }
    bool stable() const override { return file_->stable(); }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return path_; }

  private:
    std::string path_;
    std::unique_ptr<CaptureSource> file_;
};

TEST_F(BlockWorkersTest, AFileThatIsCutUnderAWorkerIsAnErrorNotASignal) {
    BlockWorkers workers(4, rules_);
    const Bytes frame =
        eth().ipv4("10.0.0.1", "10.1.0.1").udp(1, 9).payload(std::string(8000, 'x'));
    const std::string record = pcap_record(
        {}, {1, 0, static_cast<uint32_t>(frame.size()), std::string(frame.begin(), frame.end())});
    std::string capture = pcap_header({});
    for (int i = 0; i < 300; ++i) capture += record;
    for (int again = 0; again < 20; ++again) {
        const File file(capture);
        CutBehindTheReader source(file.path());
        Told told;
        Engine engine(told);
        EXPECT_EQ(workers.run(source, engine, [](uint64_t) { return true; }), State::kFailed);
        EXPECT_TRUE(source.error());
    }
}

}  // namespace
}  // namespace peek::test
