// SPDX-License-Identifier: BSD-2-Clause
// Random probes, in order and not, judged twice: by the detector and by the rule's own words; and
// by the detector from a file and behind a counter such as the kernel's.
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "scan_harness.h"

namespace peek::test {
namespace {

struct Setting {
    uint32_t ports;
    int64_t window;
};

// Fewer probes than a pair has slots, so that nothing is ever forgotten.
constexpr int kProbes = 60;
constexpr int kRounds = 200;
static_assert(kProbes < PEEK_SCAN_SLOTS);

// A clock that mostly moves on, arrivals that overtake each other, and now and then a step.
std::vector<Probe> random_probes(std::mt19937& random, const Setting& setting) {
    const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % n); };
    const int64_t disorder = below(3) == 0 ? 1 : 1 + below(3 * setting.window);
    const int64_t step = 1 + below(setting.window);
    const uint16_t ports = static_cast<uint16_t>(setting.ports + below(4));
    int64_t clock = 10'000;
    std::vector<Probe> probes;
    for (int i = 0; i < kProbes; ++i) {
        clock += below(4) == 0 ? below(step) : 0;
        if (below(25) == 0) clock += 2 * setting.window - below(4 * setting.window);
        if (below(60) == 0) clock += 2000 * (below(3) - 1);
        probes.push_back({clock - below(disorder), static_cast<uint16_t>(1 + below(ports)),
                          static_cast<uint8_t>(1 + below(2))});
    }
    return probes;
}

// The rule as DESIGN words it, over every probe of one pair since the beginning.
class Oracle {
  public:
    explicit Oracle(const Setting& setting) : setting_(setting) {}

    void probe(uint64_t ordinal, const Probe& probe, Story& story) {
        times_[probe.port].insert(probe.second);
        if (scan_ && probe.second > scan_->last + setting_.window) end(story);
        if (scan_) {
            scan_->ports.insert(probe.port);
            scan_->first = std::min(scan_->first, probe.second);
            scan_->last = std::max(scan_->last, probe.second);
            if (probe.second >= scan_->second) tie(scan_->second, scan_->ordinal, probe, ordinal);
            return;
        }
        for (int64_t start = probe.second - setting_.window; start <= probe.second; ++start) {
            scan_ = window(start, probe.second);
            if (scan_->ports.size() < setting_.ports) continue;
            tie(scan_->second, scan_->ordinal, probe, ordinal);
            story.push_back(text("start"));
            return;
        }
        scan_.reset();
    }
    void end(Story& story) {
        if (scan_) story.push_back(text("end"));
        scan_.reset();
    }

  private:
    struct Scan {
        std::set<uint16_t> ports;
        int64_t first, last;
        int64_t second = 0;
        uint64_t ordinal = 0;
    };

    static void tie(int64_t& second, uint64_t& at, const Probe& probe, uint64_t ordinal) {
        second = probe.second;
        at = ordinal;
    }

    // The ports in [start, start + W], what is known of when they began there, and the end of each
    // one's run of probes without a gap over W.
    Scan window(int64_t start, int64_t second) const {
        Scan scan{{}, second, second};
        for (const auto& [port, times] : times_) {
            const auto in = times.lower_bound(start);
            if (in == times.end() || *in > start + setting_.window) continue;
            auto begin = in;
            while (begin != times.begin() && *begin - *std::prev(begin) <= setting_.window) --begin;
            auto last = in;
            while (std::next(last) != times.end() && *std::next(last) - *last <= setting_.window)
                ++last;
            scan.ports.insert(port);
            scan.first = std::min(scan.first, *begin >= start ? *begin : *last);
            scan.last = std::max(scan.last, *last);
        }
        return scan;
    }

    std::string text(const std::string& phase) const {
        PortSet ports;
        for (const uint16_t port : scan_->ports) ports.insert(port);
        return phase + " #" + std::to_string(scan_->ordinal) + " at " +
               std::to_string(scan_->second) + ": " + ports_text(ports.ranges()) + " (" +
               std::to_string(scan_->ports.size()) + " ports) from " +
               std::to_string(scan_->first) + " to " + std::to_string(scan_->last);
    }

    Setting setting_;
    std::map<uint16_t, std::set<int64_t>> times_;
    std::optional<Scan> scan_;
};

Story sorted(Story story) {
    std::sort(story.begin(), story.end());
    return story;
}

std::string list(const std::vector<Probe>& probes) {
    std::string text;
    for (const Probe& probe : probes)
        text += std::to_string(probe.second) + ':' + std::to_string(probe.port) + '/' +
                std::to_string(probe.source) + ' ';
    return text;
}

class ScanEquivalence : public ::testing::TestWithParam<Setting> {
  protected:
    ScanRule rule() const { return scan_rule(GetParam().ports, GetParam().window); }
    std::mt19937 random_{GetParam().ports * 1000 + static_cast<uint32_t>(GetParam().window)};
};

TEST_P(ScanEquivalence, TheDetectorTellsWhatTheRuleSays) {
    size_t scans = 0;
    for (int round = 0; round < kRounds; ++round) {
        const std::vector<Probe> probes = random_probes(random_, GetParam());
        ScanRun run(rule());
        std::map<uint8_t, Oracle> oracles;
        Story expected;
        for (size_t i = 0; i < probes.size(); ++i) {
            run.probe(probes[i]);
            oracles.try_emplace(probes[i].source, GetParam())
                .first->second.probe(i + 1, probes[i], expected);
        }
        ASSERT_EQ(run.story(), expected) << list(probes);
        expected.clear();
        run.end_of_input();
        for (auto& [source, oracle] : oracles) oracle.end(expected);
        scans += expected.size();
        ASSERT_EQ(sorted(run.story()), sorted(expected)) << list(probes);
        ASSERT_EQ(run.evicted(), 0U);
    }
    EXPECT_GT(scans, 0U);
}

// Counts one pair as include/peek/abi.h says: slots within W of a probe of their port grow by it;
// from N slots within W of a probe on, every probe is handed over, the first with all slots, until
// a probe more than W after the latest one.
class KernelCounter {
  public:
    explicit KernelCounter(const Setting& setting) : setting_(setting) {}

    // Whether the probe is handed over; `earlier` is what goes with it.
    bool count(const Probe& probe, std::vector<ProbeInterval>& earlier) {
        if (!slots_.empty() && probe.second > last_ + setting_.window) handed_ = false;
        last_ = slots_.empty() ? probe.second : std::max(last_, probe.second);
        store(probe);
        if (handed_) return true;
        handed_ = near(probe.second) >= setting_.ports;
        if (handed_) earlier = slots_;
        return handed_;
    }

  private:
    bool is_near(const ProbeInterval& slot, int64_t second) const {
        return second >= second_of(slot.first) - setting_.window &&
               second <= second_of(slot.last) + setting_.window;
    }
    size_t near(int64_t second) const {
        return static_cast<size_t>(
            std::count_if(slots_.begin(), slots_.end(),
                          [&](const ProbeInterval& slot) { return is_near(slot, second); }));
    }
    void store(const Probe& probe) {
        const Timestamp time = at_second(probe.second);
        for (ProbeInterval& slot : slots_) {
            if (slot.port != probe.port || !is_near(slot, probe.second)) continue;
            slot.first = std::min(slot.first, time);
            slot.last = std::max(slot.last, time);
            return;
        }
        slots_.push_back({probe.port, time, time});
    }

    Setting setting_;
    std::vector<ProbeInterval> slots_;
    int64_t last_ = 0;
    bool handed_ = false;
};

TEST_P(ScanEquivalence, LiveAndFileTellTheSame) {
    size_t handed = 0;
    size_t held_back = 0;
    for (int round = 0; round < kRounds; ++round) {
        const std::vector<Probe> probes = random_probes(random_, GetParam());
        ScanRun file(rule());
        ScanRun live(rule());
        std::map<uint8_t, KernelCounter> kernel;
        for (size_t i = 0; i < probes.size(); ++i) {
            file.packet_time_reaches(probes[i].second);
            live.packet_time_reaches(probes[i].second);
            file.probe_as(i + 1, probes[i], {});
            std::vector<ProbeInterval> earlier;
            KernelCounter& counter = kernel.try_emplace(probes[i].source, GetParam()).first->second;
            const bool candidate = counter.count(probes[i], earlier);
            ++(candidate ? handed : held_back);
            if (candidate) live.probe_as(i + 1, probes[i], earlier);
        }
        file.end_of_input();
        live.end_of_input();
        ASSERT_EQ(sorted(live.story()), sorted(file.story())) << list(probes);
    }
    EXPECT_GT(handed, 0U);
    EXPECT_GT(held_back, 0U);
}

INSTANTIATE_TEST_SUITE_P(Settings, ScanEquivalence,
                         ::testing::Values(Setting{2, 10}, Setting{3, 10}, Setting{5, 20},
                                           Setting{8, 30}),
                         [](const ::testing::TestParamInfo<Setting>& tested) {
                             return std::to_string(tested.param.ports) + "PortsIn" +
                                    std::to_string(tested.param.window) + "Seconds";
                         });

}  // namespace
}  // namespace peek::test
