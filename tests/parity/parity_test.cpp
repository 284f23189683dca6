// SPDX-License-Identifier: BSD-2-Clause
// DESIGN's promise: a packet that user-space inspection would record is never held back by the
// kernel, and a record says the same live and from a file.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "parity/replay.h"
#include "util/fd.h"

namespace peek::test {

namespace {

namespace fs = std::filesystem;

const fs::path kGolden = PEEK_GOLDEN_DIR;
constexpr std::array kPrograms{ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                               ProgramKind::kTcEgress};

RuleSets golden_rules() {
    RuleSets sets;
    sets.generation = 7;
    sets.scan = ScanRule{};
    const std::pair<Family, const char*> files[] = {{Family::kIp, "ips.cfg"},
                                                    {Family::kDomain, "domains.cfg"},
                                                    {Family::kUrl, "urls.cfg"},
                                                    {Family::kSignature, "signatures.cfg"}};
    for (const auto& [family, name] : files) {
        const std::string path = kGolden / "rules" / name;
        const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        CompileReport report;
        auto bytes = read_rule_file(fd.get(), name);
        EXPECT_TRUE(bytes) << path;
        auto compiled = compile_rules({rule_list(family), name, *bytes}, sets, report);
        EXPECT_TRUE(compiled) << path;
    }
    return sets;
}

// Captures of the link types that interfaces have.
std::vector<fs::path> golden_captures() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(kGolden / "captures"))
        if (entry.path().extension() == ".pcap") {
            const auto frames = read_capture(entry.path());
            if (!frames.empty() && (frames.front().link == LinkType::kEthernet ||
                                    frames.front().link == LinkType::kRawIp))
                paths.push_back(entry.path());
        }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void expect_nothing_lost(const LedgerEntry& entry, uint64_t frames) {
    EXPECT_EQ(entry.seen, frames);
    EXPECT_TRUE(check(entry).seen_adds_up);
    EXPECT_TRUE(check(entry).candidates_add_up);
    EXPECT_EQ(in_ring(entry), 0);
    for (const uint64_t n : entry.lost) EXPECT_EQ(n, 0U);
    for (const uint64_t n : entry.undecided) EXPECT_EQ(n, 0U);
    for (const uint64_t n : entry.blind) EXPECT_EQ(n, 0U);
}

// Every packet with one byte changed, for each of its first bytes: the two parsers must go wrong
// in the same way, too.
std::vector<CapturedFrame> with_flipped_bytes(const CapturedFrame& frame, ProgramKind) {
    constexpr size_t kHeaderBytes = 96;
    constexpr std::array<uint8_t, 4> kFlips{0x01, 0x40, 0x80, 0xff};
    std::vector<CapturedFrame> frames;
    for (size_t i = 0; i < std::min(frame.bytes.size(), kHeaderBytes); i++)
        for (const uint8_t flip : kFlips) {
            frames.push_back(frame);
            frames.back().bytes[i] ^= flip;
        }
    return frames;
}

std::vector<CapturedFrame> cut_at_every_length(const CapturedFrame& frame, ProgramKind kind) {
    // BPF_PROG_TEST_RUN takes no shorter frame; for tc it wants a whole fixed IP header.
    const size_t least = kind == ProgramKind::kXdpIngress ? 14 : 14 + 40;
    std::vector<CapturedFrame> frames;
    for (size_t size = least; size < std::min<size_t>(frame.bytes.size(), 400); size++) {
        frames.push_back(frame);
        frames.back().bytes.resize(size);
    }
    return frames;
}

// The rules without scans: each frame is judged alone.
RuleSets without_scans(RuleSets rules) {
    rules.scan.reset();
    return rules;
}

// All captures less those of link types that no interface has.
TEST(Parity, CoversTheGoldenCapturesOfBothLinkTypes) {
    EXPECT_EQ(golden_captures().size(), 24U);
}

TEST(Parity, EveryGoldenCaptureGivesTheSameRecordsThroughTheKernel) {
    const RuleSets rules = golden_rules();
    for (const fs::path& path : golden_captures()) {
        const auto frames = read_capture(path);
        const RecordLines expected = records_of_file_path(frames, rules);
        for (const ProgramKind kind : kPrograms) {
            SCOPED_TRACE(path.filename().string() + " program " +
                         std::to_string(static_cast<int>(kind)));
            LivePath live(kind, frames.front().link, rules);
            EXPECT_EQ(live.records(frames), expected);
            expect_nothing_lost(live.ledger(), frames.size());
        }
    }
}

// One family alone: the kernel must not lean on another family's reason to hand a packet over.
TEST(Parity, EachFamilyAloneGivesTheSameRecords) {
    const RuleSets all = golden_rules();
    for (const Family family : kAllFamilies) {
        RuleSets rules;
        rules.generation = 1;
        if (family == Family::kIp) rules.ip = all.ip;
        if (family == Family::kDomain) rules.domain = all.domain;
        if (family == Family::kUrl) rules.url = all.url;
        if (family == Family::kSignature) rules.signature = all.signature;
        if (family == Family::kScan) rules.scan = all.scan;
        for (const fs::path& path : golden_captures()) {
            const auto frames = read_capture(path);
            SCOPED_TRACE(path.filename().string() + " " + std::string(family_name(family)));
            LivePath live(ProgramKind::kXdpIngress, frames.front().link, rules);
            EXPECT_EQ(live.records(frames), records_of_file_path(frames, rules));
            expect_nothing_lost(live.ledger(), frames.size());
        }
    }
}

// `variants` of one packet, sent as one sequence: each record still belongs to its own packet,
// because the packet number is made part of its time.
void expect_parity_of_variants(std::vector<CapturedFrame> (*variants)(const CapturedFrame&,
                                                                      ProgramKind)) {
    const RuleSets rules = without_scans(golden_rules());
    constexpr size_t kPacketsPerCapture = 6;
    for (const fs::path& path : golden_captures()) {
        const auto frames = read_capture(path);
        for (const ProgramKind kind : {ProgramKind::kXdpIngress, ProgramKind::kTcEgress}) {
            SCOPED_TRACE(path.filename().string() + " program " +
                         std::to_string(static_cast<int>(kind)));
            LivePath live(kind, frames.front().link, rules);
            for (size_t i = 0; i < std::min(frames.size(), kPacketsPerCapture); i++) {
                auto changed = variants(frames[i], kind);
                for (size_t n = 0; n < changed.size(); n++)
                    changed[n].time = Timestamp{std::chrono::milliseconds(n)};
                EXPECT_EQ(live.records(changed), records_of_file_path(changed, rules));
            }
            EXPECT_TRUE(check(live.ledger()).seen_adds_up);
            EXPECT_TRUE(check(live.ledger()).candidates_add_up);
        }
    }
}

TEST(Parity, HoldsForPacketsWithAnyHeaderByteChanged) {
    expect_parity_of_variants(with_flipped_bytes);
}

TEST(Parity, HoldsForPacketsCutAtAnyLength) {
    expect_parity_of_variants(cut_at_every_length);
}

}  // namespace

}  // namespace peek::test
