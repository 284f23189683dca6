// SPDX-License-Identifier: BSD-2-Clause
// Every golden capture, broken in every place: each packet cut at each length, each byte of each
// packet flipped, and the files themselves cut and flipped. Whatever is then found must hold, and
// nothing may be read that is not there (the sanitizers watch).
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "detect/engine.h"
#include "source/pcap_source.h"
#include "support/golden_rules.h"
#include "util/fd.h"

namespace peek {
namespace {

using Bytes = std::vector<uint8_t>;

using test::contents;
using test::golden_dir;

std::vector<std::string> captures() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(golden_dir() / "captures"))
        if (file.path().filename().string().find(".pcap") != std::string::npos)
            names.push_back(file.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

// A packet with its own bytes.
struct Packet {
    PacketView view;
    Bytes bytes;
};

struct Reading {
    std::vector<Packet> packets;
    PacketSource::State state = PacketSource::State::kFailed;
    std::string error;
};

Reading read(const std::string& path) {
    Reading reading;
    auto source = open_pcap(path);
    if (!source) {
        reading.error = source.error().text;
        return reading;
    }
    do {
        const PacketSource::Batch batch = (*source)->next();
        reading.state = batch.state;
        for (const PacketView& view : batch.packets)
            reading.packets.push_back({view, {view.bytes.begin(), view.bytes.end()}});
    } while (reading.state == PacketSource::State::kMore);
    if ((*source)->error()) reading.error = (*source)->error()->text;
    return reading;
}

Reading read_bytes(const std::string& file) {
    const Fd fd(::memfd_create("capture", MFD_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), file.data(), file.size()), static_cast<ssize_t>(file.size()));
    return read("/proc/self/fd/" + std::to_string(fd.get()));
}

class Inspection final : MatchSink {
  public:
    explicit Inspection(const RuleSets& rules) : rules_(rules) {}

    void see(const PacketView& like, std::span<const uint8_t> bytes) {
        PacketView view = like;
        view.ordinal = ++packets_;
        // The engine's own copy, so that a read behind the end is a read behind an allocation.
        const Bytes exact(bytes.begin(), bytes.end());
        view.bytes = exact;
        matches_of_packet_ = 0;
        engine_.process({&view, 1}, rules_);
    }
    void finish() { engine_.finish(rules_); }

  private:
    void on_match(const Match& match, const RuleSets& rules) override {
        if (const RuleSet* set = rules.set(match.family)) {
            EXPECT_LT(match.rule, set->size());
        }
        EXPECT_LE(match.excerpt.size(), Match::kExcerptBytes);
        EXPECT_LE(match.packet.ordinal, packets_);
        // Of scans several may end while another begins.
        if (match.family != Family::kScan) {
            EXPECT_LE(++matches_of_packet_, 4);
        }
    }

    const RuleSets& rules_;
    Engine engine_{*this};
    uint64_t packets_ = 0;
    int matches_of_packet_ = 0;
};

class MangledCapture : public testing::TestWithParam<std::string> {
  protected:
    const std::string path_ = golden_dir() / "captures" / GetParam();
    const RuleSets rules_ = test::golden_rules();
};

TEST_P(MangledCapture, EveryPacketCutAtEveryLength) {
    Inspection inspection(rules_);
    for (const Packet& packet : read(path_).packets)
        for (size_t size = 0; size <= packet.bytes.size(); ++size)
            inspection.see(packet.view, std::span(packet.bytes).first(size));
    inspection.finish();
}

TEST_P(MangledCapture, EveryByteOfEveryPacketFlipped) {
    Inspection inspection(rules_);
    for (const Packet& packet : read(path_).packets) {
        for (size_t at = 0; at < packet.bytes.size(); ++at) {
            Bytes flipped = packet.bytes;
            flipped[at] ^= 0xff;
            inspection.see(packet.view, flipped);
        }
    }
    inspection.finish();
}

// What came before stays as it is: state meets what does not belong to it.
TEST_P(MangledCapture, OnePacketCutInTheMiddleOfTheOthers) {
    const std::vector<Packet> packets = read(path_).packets;
    for (size_t cut = 0; cut < std::min<size_t>(packets.size(), 64); ++cut) {
        Inspection inspection(rules_);
        for (size_t i = 0; i < packets.size(); ++i) {
            const size_t size = packets[i].bytes.size();
            inspection.see(packets[i].view,
                           std::span(packets[i].bytes).first(i == cut ? size / 2 : size));
        }
        inspection.finish();
    }
}

TEST_P(MangledCapture, TheFileCutAtEveryLength) {
    const std::string file = contents(path_);
    const size_t whole = read(path_).packets.size();
    size_t before = 0;
    for (size_t size = 0; size < file.size(); ++size) {
        SCOPED_TRACE(size);
        const Reading reading = read_bytes(file.substr(0, size));
        ASSERT_GE(reading.packets.size(), before) << "a longer piece has fewer packets";
        ASSERT_LE(reading.packets.size(), whole);
        ASSERT_EQ(reading.state == PacketSource::State::kFailed, !reading.error.empty());
        before = reading.packets.size();
    }
}

TEST_P(MangledCapture, EveryByteOfTheFileFlipped) {
    const std::string file = contents(path_);
    for (size_t at = 0; at < file.size(); ++at) {
        SCOPED_TRACE(at);
        std::string flipped = file;
        flipped[at] = static_cast<char>(~flipped[at]);
        const Reading reading = read_bytes(flipped);
        ASSERT_EQ(reading.state == PacketSource::State::kFailed, !reading.error.empty());
        Inspection inspection(rules_);
        for (const Packet& packet : reading.packets) inspection.see(packet.view, packet.bytes);
    }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Golden, MangledCapture, testing::ValuesIn(captures()), name_of);

}  // namespace
}  // namespace peek
