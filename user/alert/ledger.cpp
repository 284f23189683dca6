// SPDX-License-Identifier: BSD-2-Clause
#include "alert/ledger.h"

#include <algorithm>
#include <numeric>

namespace peek {
namespace {

constexpr std::array<std::string_view, kLostReasons> kLostNames{"ring_full", "no_controller",
                                                                "not_understood"};
static_assert(!kLostNames.back().empty());
constexpr std::array<std::string_view, PEEK_REASON_COUNT> kCandidateReasonNames{
    "no_controller", "ip", "fragment", "tunnel", "dns", "payload", "scan"};
static_assert(!kCandidateReasonNames.back().empty());
constexpr std::array<std::string_view, PEEK_UNDECIDED_COUNT> kUndecidedNames{"read_failed"};
static_assert(!kUndecidedNames.back().empty());
constexpr std::array<std::string_view, PEEK_BLIND_COUNT> kBlindNames{
    "scan_state_evicted", "payload_truncated", "header_chain"};
static_assert(!kBlindNames.back().empty());
constexpr std::array<std::string_view, PEEK_LOSS_COUNT> kLossTypeNames{"ip", "scan"};
static_assert(!kLossTypeNames.back().empty());

template <size_t N>
uint64_t sum(const std::array<uint64_t, N>& counts) {
    return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

bool nothing_missing(const LedgerEntry& entry) {
    return lost_total(entry) == 0 && undecided_total(entry) == 0 && blind_total(entry) == 0;
}

bool adds_up(const LedgerEntry& entry) {
    const LedgerCheck result = check(entry);
    return result.seen_adds_up && result.candidates_add_up;
}

}  // namespace

std::string_view lost_name(size_t reason) {
    return kLostNames.at(reason);
}
std::string_view candidate_reason_name(size_t reason) {
    return kCandidateReasonNames.at(reason);
}
std::string_view undecided_name(size_t reason) {
    return kUndecidedNames.at(reason);
}
std::string_view loss_type_name(size_t type) {
    return kLossTypeNames.at(type);
}
std::string_view blind_name(size_t reason) {
    return kBlindNames.at(reason);
}

uint64_t lost_total(const LedgerEntry& entry) {
    return sum(entry.lost);
}
uint64_t undecided_total(const LedgerEntry& entry) {
    return sum(entry.undecided);
}
uint64_t blind_total(const LedgerEntry& entry) {
    return sum(entry.blind);
}

int64_t in_ring(const LedgerEntry& entry) {
    return static_cast<int64_t>(entry.candidates - entry.delivered - lost_total(entry));
}

LedgerCheck check(const LedgerEntry& entry) {
    return {entry.seen == entry.passed_clean + entry.candidates + undecided_total(entry),
            entry.candidates == entry.delivered + lost_total(entry)};
}

std::string_view moment_name(Ledger::Moment moment) {
    constexpr std::array<std::string_view, 6> kNames{"start",    "swap", "periodic",
                                                     "handover", "end",  "status"};
    return kNames.at(static_cast<size_t>(moment));
}

bool is_complete(const Ledger& ledger) {
    const auto& entries = ledger.entries;
    const auto counted = [](const Counter& counter) { return counter.value != 0; };
    if (ledger.output.log_write_failed != 0 ||
        std::any_of(ledger.user_blind.begin(), ledger.user_blind.end(), counted))
        return false;
    if (!std::all_of(entries.begin(), entries.end(), nothing_missing)) return false;
    return ledger.moment != Ledger::Moment::kEnd ||
           std::all_of(entries.begin(), entries.end(), adds_up);
}

}  // namespace peek
