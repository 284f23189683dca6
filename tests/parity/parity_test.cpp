// SPDX-License-Identifier: BSD-2-Clause
// DESIGN's promise: a packet that user-space inspection would record is never held back by the
// kernel, and a record says the same live and from a file.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "parity/replay.h"
#include "support/golden_rules.h"

namespace peek::test {

namespace {

namespace fs = std::filesystem;

constexpr std::array kPrograms{ProgramKind::kXdpIngress, ProgramKind::kTcIngress,
                               ProgramKind::kTcEgress};

constexpr std::array kInterfaceLinks{LinkType::kEthernet, LinkType::kRawIp};

struct GoldenCapture {
    std::string name;
    std::vector<CapturedFrame> frames;  // at least one
};

// Names of all of them, in order: capture.pcap, capture.pcapng, capture.pcap.zst.
std::vector<fs::path> capture_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(golden_dir() / "captures"))
        if (entry.path().string().find(".pcap") != std::string::npos) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

// By link type, a capture of several under each with its frames; read once.
using CapturesByLink = std::map<LinkType, std::vector<GoldenCapture>>;
const CapturesByLink& golden_captures() {
    static const auto by_link = [] {
        CapturesByLink captures;
        for (const fs::path& file : capture_files()) {
            std::map<LinkType, std::vector<CapturedFrame>> frames_of;
            for (CapturedFrame& frame : read_capture(file))
                frames_of[frame.link].push_back(std::move(frame));
            for (auto& [link, frames] : frames_of)
                captures[link].push_back({file.filename(), std::move(frames)});
        }
        return captures;
    }();
    return by_link;
}
const std::vector<GoldenCapture>& golden_captures(LinkType link) {
    return golden_captures().at(link);
}

// Those that BPF_PROG_TEST_RUN can hand to the program: it makes no skb of more than a page.
constexpr size_t kMostOfSkb = 3'000;
std::vector<CapturedFrame> taken_by(ProgramKind kind, std::vector<CapturedFrame> frames) {
    if (kind != ProgramKind::kXdpIngress)
        std::erase_if(frames, [](const auto& frame) { return frame.bytes.size() > kMostOfSkb; });
    return frames;
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

// Sends captures through one program after another and compares each with the file path. Loading a
// program costs more than sending a capture; only scan state makes a program of its own necessary,
// since the kernel's evidence of a scan is all that it has seen.
void expect_parity_of_captures(ProgramKind kind, const RuleSets& rules) {
    for (const LinkType link : kInterfaceLinks) {
        std::optional<LivePath> live;
        uint64_t sent = 0;
        for (const GoldenCapture& capture : golden_captures(link)) {
            SCOPED_TRACE(capture.name + " program " + std::to_string(static_cast<int>(kind)));
            if (!live || rules.scan) {
                live.emplace(kind, link, rules);
                sent = 0;
            }
            const auto frames = taken_by(kind, capture.frames);
            EXPECT_EQ(live->records(frames), records_of_file_path(frames, rules));
            sent += frames.size();
            expect_nothing_lost(live->ledger(), sent);
        }
    }
}

// Every capture was read, and what an interface can have of it is sent.
TEST(Parity, CoversTheGoldenCapturesOfBothLinkTypes) {
    std::set<std::string> read;
    for (const auto& [_, captures] : golden_captures())
        for (const GoldenCapture& capture : captures) read.insert(capture.name);
    std::set<std::string> sent;
    std::multiset<std::string> too_long;
    for (const LinkType link : kInterfaceLinks)
        for (const GoldenCapture& capture : golden_captures(link)) {
            sent.insert(capture.name);
            for (const CapturedFrame& frame : capture.frames)
                if (frame.bytes.size() > kMostOfSkb) too_long.insert(capture.name);
        }
    EXPECT_EQ(read.size(), capture_files().size());
    for (const char* name : {"ping.pcap", "raw_ip.pcap", "interfaces.pcapng", "http_long.pcap.zst"})
        EXPECT_TRUE(sent.count(name)) << name;
    EXPECT_EQ(too_long, (std::multiset<std::string>{"jumbogram.pcap.zst", "jumbogram.pcap.zst"}));
}

TEST(Parity, EveryGoldenCaptureGivesTheSameRecordsThroughTheKernel) {
    for (const ProgramKind kind : kPrograms) expect_parity_of_captures(kind, golden_rules());
}

// One family alone: the kernel must not lean on another family's reason to hand a packet over.
TEST(Parity, EachFamilyAloneGivesTheSameRecords) {
    const RuleSets all = golden_rules();
    for (const Family family : kAllFamilies) {
        SCOPED_TRACE(family_name(family));
        RuleSets rules;
        rules.generation = 1;
        if (family == Family::kIp) rules.ip = all.ip;
        if (family == Family::kDomain) rules.domain = all.domain;
        if (family == Family::kUrl) rules.url = all.url;
        if (family == Family::kSignature) rules.signature = all.signature;
        if (family == Family::kScan) rules.scan = all.scan;
        expect_parity_of_captures(ProgramKind::kXdpIngress, rules);
    }
}

// The golden lists in front of a million addresses, 100,000 networks and a million domains.
RuleSets rules_in_millions() {
    constexpr uint32_t kOdd = 2'654'435'761;  // so that each multiple is another number
    const auto dotted = [](uint32_t ip) {
        return std::to_string(ip >> 24) + '.' + std::to_string(ip >> 16 & 255) + '.' +
               std::to_string(ip >> 8 & 255) + '.' + std::to_string(ip & 255);
    };
    std::string ips = contents(golden_dir() / "rules" / "ips.cfg");
    std::string domains = contents(golden_dir() / "rules" / "domains.cfg");
    for (uint32_t i = 1; i <= 1'000'000; i++) {
        ips += dotted(i * kOdd) + '\n';
        domains += "host" + std::to_string(i) + ".example\n";
    }
    for (uint32_t i = 1; i <= 100'000; i++) ips += dotted(i * kOdd & ~255U) + "/24\n";
    RuleSets rules = golden_rules();
    CompileReport report;
    EXPECT_TRUE(compile_rules({RuleList::kIp, "ips.cfg", ips}, rules, report));
    EXPECT_TRUE(compile_rules({RuleList::kDomain, "domains.cfg", domains}, rules, report));
    EXPECT_GE(rules.set(RuleList::kIp)->size(), 1'100'000U);
    EXPECT_GE(rules.set(RuleList::kDomain)->size(), 1'000'000U);
    return rules;
}

TEST(Parity, HoldsWithAMillionRules) {
    const RuleSets rules = without_scans(rules_in_millions());
    for (const ProgramKind kind : {ProgramKind::kXdpIngress, ProgramKind::kTcEgress})
        expect_parity_of_captures(kind, rules);
}

// `variants` of one packet, sent as one sequence: each record still belongs to its own packet,
// because the packet number is made part of its time.
void expect_parity_of_variants(ProgramKind kind,
                               std::vector<CapturedFrame> (*variants)(const CapturedFrame&,
                                                                      ProgramKind)) {
    const RuleSets rules = without_scans(golden_rules());
    constexpr size_t kPacketsPerCapture = 6;
    for (const LinkType link : kInterfaceLinks) {
        LivePath live(kind, link, rules);
        for (const GoldenCapture& capture : golden_captures(link)) {
            SCOPED_TRACE(capture.name + " program " + std::to_string(static_cast<int>(kind)));
            const size_t packets = std::min(capture.frames.size(), kPacketsPerCapture);
            for (size_t i = 0; i < packets; i++) {
                auto changed = taken_by(kind, variants(capture.frames[i], kind));
                for (size_t n = 0; n < changed.size(); n++)
                    changed[n].time = Timestamp{std::chrono::milliseconds(n)};
                EXPECT_EQ(live.records(changed), records_of_file_path(changed, rules));
            }
        }
        const LedgerEntry entry = live.ledger();
        EXPECT_TRUE(check(entry).seen_adds_up);
        EXPECT_TRUE(check(entry).candidates_add_up);
        EXPECT_EQ(in_ring(entry), 0);
        for (const uint64_t n : entry.lost) EXPECT_EQ(n, 0U);
    }
}

class ParityOfVariants : public testing::TestWithParam<ProgramKind> {};

TEST_P(ParityOfVariants, HoldsForPacketsWithAnyHeaderByteChanged) {
    expect_parity_of_variants(GetParam(), with_flipped_bytes);
}

TEST_P(ParityOfVariants, HoldsForPacketsCutAtAnyLength) {
    expect_parity_of_variants(GetParam(), cut_at_every_length);
}

INSTANTIATE_TEST_SUITE_P(Programs, ParityOfVariants,
                         testing::Values(ProgramKind::kXdpIngress, ProgramKind::kTcEgress));

}  // namespace

}  // namespace peek::test
