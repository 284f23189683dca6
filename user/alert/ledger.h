// SPDX-License-Identifier: BSD-2-Clause
// Ledger: where every packet that a hook saw went. Its two equations are what "complete" means.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/event_counters.h"
#include "util/family.h"

namespace peek {

// Beyond enum peek_lost: ring records that the controller could make no packet of.
inline constexpr size_t kLostNotUnderstood = PEEK_LOST_COUNT;
inline constexpr size_t kLostReasons = PEEK_LOST_COUNT + 1;

// One interface and hook: the kernel's counters over all CPUs, and what user space received.
struct LedgerEntry {
    std::string interface;
    Hook hook = Hook::kIngress;
    uint64_t seen = 0;
    uint64_t passed_clean = 0;
    uint64_t candidates = 0;
    uint64_t delivered = 0;  // ring records that became packets in user space
    std::array<uint64_t, kLostReasons> lost{};
    std::array<uint64_t, PEEK_UNDECIDED_COUNT> undecided{};
    std::array<uint64_t, PEEK_BLIND_COUNT> blind{};
    // The candidates again, by enum peek_reason.
    std::array<uint64_t, PEEK_REASON_COUNT> candidates_by_reason{};
    uint64_t ignored = 0;  // of passed_clean: would have been candidates or counted as probes
    // Of lost: decisions of the kernel that no alert stands for, by enum peek_loss_type.
    std::array<uint64_t, PEEK_LOSS_COUNT> unattributed{};
};

std::string_view lost_name(size_t reason);  // "ring_full", "no_controller", "not_understood"
// "ip", "fragment", …; "no_controller": what the clsact stub counts, which nobody judged.
std::string_view candidate_reason_name(size_t reason);
std::string_view undecided_name(size_t reason);  // "read_failed"
std::string_view loss_type_name(size_t type);    // "ip", "scan"
std::string_view blind_name(size_t reason);      // "scan_state_evicted", …

uint64_t lost_total(const LedgerEntry& entry);
uint64_t undecided_total(const LedgerEntry& entry);
uint64_t blind_total(const LedgerEntry& entry);

// What tables and rates show of an entry, in this order.
struct LedgerColumn {
    std::string_view heading;
    std::string_view key;  // in JSON
    uint64_t (*value)(const LedgerEntry& entry);
};
inline constexpr std::array<LedgerColumn, 7> kLedgerColumns{{
    {"seen", "seen", [](const LedgerEntry& e) { return e.seen; }},
    {"passed clean", "passed_clean", [](const LedgerEntry& e) { return e.passed_clean; }},
    {"candidates", "candidates", [](const LedgerEntry& e) { return e.candidates; }},
    {"delivered", "delivered", [](const LedgerEntry& e) { return e.delivered; }},
    {"lost", "lost", lost_total},
    {"undecided", "undecided", undecided_total},
    {"blind", "blind", blind_total},
}};

// candidates - delivered - Σ lost: records still in the ring. Negative when the ledger is wrong.
int64_t in_ring(const LedgerEntry& entry);

// What follows only says something once hooks are detached and rings drained; while traffic runs,
// the counters of different CPUs are read at different moments.
struct LedgerCheck {
    bool seen_adds_up = false;       // seen = passed_clean + candidates + Σ undecided
    bool candidates_add_up = false;  // candidates = delivered + Σ lost
};
LedgerCheck check(const LedgerEntry& entry);

// Records or alerts that the outputs did not write, by reason (`output{log_write_failed,
// limited}`).
struct OutputLosses {
    uint64_t log_write_failed = 0;
    uint64_t limited = 0;  // on request (--log-limit), and told by alerts: no want of completeness
};

struct LoadedSet {
    RuleList list;
    std::string file;
    std::string sha256;
    uint32_t entries;
};

// The ledger at one moment; what `status` and the log's `ledger` events show.
struct Ledger {
    enum class Moment : uint8_t {
        kStart,
        kSwap,
        kPeriodic,
        kHandOver,  // the controller ends, the programs stay attached
        kEnd,
        kStatus
    };
    Moment moment = Moment::kStatus;
    std::string sensor;  // empty: none was named
    uint32_t generation = 0;
    std::vector<LoadedSet> sets;
    std::vector<LedgerEntry> entries;
    OutputLosses output;
    // What the controller itself forgot or did not follow, by name, and "state_reset": restarts at
    // which alert and flow state began anew.
    std::vector<Counter> user_blind;
    uint64_t records = 0;
    uint64_t alerts_counted = 0;  // sum of all alert counts issued so far
    uint64_t losses_counted = 0;  // of them: without a record, evidence lost
};

std::string_view moment_name(Ledger::Moment moment);  // "start", "swap", "periodic", …

// True when nothing is undecided, lost, blind or unwritten against the user's will: silence then
// means "clean". At kEnd, when the equations say something, they must hold as well.
bool is_complete(const Ledger& ledger);

}  // namespace peek
