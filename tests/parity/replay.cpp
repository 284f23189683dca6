// SPDX-License-Identifier: BSD-2-Clause
#include "parity/replay.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "alert/record.h"
#include "detect/engine.h"
#include "sink/json_format.h"
#include "source/pcap_source.h"

namespace peek::test {

namespace {

constexpr uint32_t kLoopback = 1;  // BPF_PROG_TEST_RUN's frames come from lo

class Collector final : public MatchSink {
  public:
    explicit Collector(const PacketSource& source) : origin_{"", &source} {}

    void on_match(const Match& match, const RuleSets& rules) override {
        auto json = nlohmann::json::parse(format_json(make_record(match, rules, origin_)));
        for (const char* name : {"in_iface", "pcap_cnt", "pcap_filename"}) json.erase(name);
        json["alert"]["context"].erase("hook");
        lines_.push_back(json.dump());
    }
    RecordLines sorted() {
        std::sort(lines_.begin(), lines_.end());
        return std::move(lines_);
    }

  private:
    RecordOrigin origin_;
    RecordLines lines_;
};

// Frames in memory as a source of the file kind.
class FrameSource final : public PacketSource {
  public:
    explicit FrameSource(const std::vector<CapturedFrame>& frames) {
        for (const CapturedFrame& frame : frames) {
            PacketView view;
            view.time = frame.time;
            view.ordinal = views_.size() + 1;
            view.link = frame.link;
            view.bytes = frame.bytes;
            view.wire_len = static_cast<uint32_t>(frame.bytes.size());
            views_.push_back(view);
        }
    }
    Batch next() override { return {views_, State::kEnd}; }
    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_dropped() const override { return 0; }
    std::string_view interface_name(uint32_t) const override { return {}; }
    std::string_view file_name(uint32_t) const override { return "frames"; }

  private:
    std::vector<PacketView> views_;
    std::optional<Error> error_;
};

}  // namespace

std::vector<CapturedFrame> read_capture(const std::string& path) {
    auto source = open_pcap(path);
    if (!source) {
        ADD_FAILURE() << source.error().text;
        return {};
    }
    std::vector<CapturedFrame> frames;
    PacketSource::Batch batch;
    do {
        batch = (*source)->next();
        for (const PacketView& v : batch.packets) {
            EXPECT_EQ(v.bytes.size(), v.wire_len) << path << ": cut by a snap length";
            frames.push_back({v.time, v.link, {v.bytes.begin(), v.bytes.end()}});
        }
    } while (batch.state == PacketSource::State::kMore);
    EXPECT_EQ(batch.state, PacketSource::State::kEnd) << path;
    return frames;
}

RecordLines records_of_file_path(const std::vector<CapturedFrame>& frames, const RuleSets& rules) {
    FrameSource source(frames);
    Collector collector(source);
    Engine engine(collector);
    engine.process(source.next().packets, rules);
    engine.finish(rules);
    return collector.sorted();
}

LivePath::LivePath(ProgramKind kind, LinkType link, const RuleSets& rules)
    : kind_(kind), rules_(rules) {
    auto program = KernelProgram::load({.ring_bytes = 4U << 20,
                                        .scan = rules.scan.value_or(ScanRule{}),
                                        .dns_ports = rules.dns_ports});
    if (!program) throw std::runtime_error(program.error().text);
    program_ = std::move(*program);
    if (auto installed = program_->install(rules_); !installed)
        throw std::runtime_error(installed.error().text);
    readers_ = std::move(*RingReader::open_all(*program_));
    source_ = std::make_unique<RingSource>(readers_);
    slot_ = *program_->add_interface(
        kLoopback, link == LinkType::kRawIp ? PEEK_LINK_RAW_IP : PEEK_LINK_ETHERNET);
    source_->set_interface(slot_, kLoopback, "lo");
}

void LivePath::send(const CapturedFrame& frame) {
    program_->set_clock(0, static_cast<uint64_t>(to_ns(frame.time)));
    LIBBPF_OPTS(bpf_test_run_opts, run);
    run.data_in = frame.bytes.data();
    run.data_size_in = static_cast<__u32>(frame.bytes.size());
    const int error = bpf_prog_test_run_opts(program_->program_fd(kind_), &run);
    EXPECT_EQ(error, 0) << "frame of " << frame.bytes.size() << " bytes";
    const bool xdp = kind_ == ProgramKind::kXdpIngress;
    EXPECT_EQ(static_cast<int>(run.retval), xdp ? 2 /* XDP_PASS */ : -1 /* TC_ACT_UNSPEC */);
}

RecordLines LivePath::records(const std::vector<CapturedFrame>& frames) {
    Collector collector(*source_);
    Engine engine(collector);
    const auto drain = [&] {
        PacketSource::Batch batch;
        do {
            batch = source_->next();
            engine.process(batch.packets, rules_);
        } while (batch.state == PacketSource::State::kMore);
        source_->commit();
    };
    for (const CapturedFrame& frame : frames) {
        send(frame);
        drain();
    }
    engine.finish(rules_);
    return collector.sorted();
}

LedgerEntry LivePath::ledger() const {
    const auto hook = kind_ == ProgramKind::kTcEgress ? PEEK_HOOK_EGRESS : PEEK_HOOK_INGRESS;
    const peek_counters counters = program_->counters(slot_, hook);
    LedgerEntry entry;
    entry.hook = static_cast<Hook>(hook);
    entry.seen = counters.seen;
    entry.passed_clean = counters.passed_clean;
    entry.candidates = counters.candidates;
    entry.delivered = source_->delivered(0, entry.hook);
    std::copy(std::begin(counters.lost), std::end(counters.lost), entry.lost.begin());
    std::copy(std::begin(counters.undecided), std::end(counters.undecided),
              entry.undecided.begin());
    std::copy(std::begin(counters.blind), std::end(counters.blind), entry.blind.begin());
    return entry;
}

}  // namespace peek::test
