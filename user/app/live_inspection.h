// SPDX-License-Identifier: BSD-2-Clause
// LiveInspection: the thread of a live monitor that empties the rings, inspects and writes.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "alert/ledger.h"
#include "app/options.h"
#include "app/pipeline.h"
#include "app/rule_history.h"
#include "detect/engine.h"
#include "kernel/program.h"
#include "kernel/ring.h"
#include "source/ring_source.h"
#include "util/fd.h"

namespace peek {

class LiveInspection {
  public:
    // Builds the ledger of this moment; called on the inspecting thread.
    using MakeLedger = std::function<Ledger(Ledger::Moment)>;

    struct RingFill {
        uint64_t size;
        uint64_t waiting;  // bytes that are written and not taken yet
    };
    // What the thread has met, as of its last round: at most some tenths of a second ago.
    struct Activity {
        std::vector<Counter> engine;  // malformed input and the like
        uint64_t bytes_not_understood = 0;
        std::vector<RingFill> rings;
        std::optional<Nanoseconds> last_packet;  // handed over; CLOCK_MONOTONIC
        std::optional<Nanoseconds> last_record;
    };

    // `program` and `history` must outlive it.
    static Result<std::unique_ptr<LiveInspection>> create(KernelProgram& program,
                                                          RuleHistory& history,
                                                          const AttachOptions& options, Sinks sinks,
                                                          MakeLedger make_ledger);
    ~LiveInspection();
    LiveInspection(const LiveInspection&) = delete;
    LiveInspection& operator=(const LiveInspection&) = delete;

    // Before the interface's first packet, and when it is renamed. From any thread.
    void set_interface(uint32_t slot, uint32_t ifindex, const std::string& name) {
        source_.set_interface(slot, ifindex, name);
    }
    void rename_interface(uint32_t slot, const std::string& name) {
        source_.rename_interface(slot, name);
    }
    // Before start(): goes on where an earlier controller's checkpoint stands. Returns how many
    // bytes of records that controller may have told of already.
    uint64_t resume();
    void start();
    enum class Ending : uint8_t {
        kDetached,    // no program runs any more: the rings are emptied
        kHandedOver,  // programs go on: what is in the rings by now is read
    };
    // Reads the rings, reports open scans, flushes alerts and logs, writes the last ledger, and
    // ends the thread.
    void finish(Ending ending);

    // From any thread; done within one round of the loop.
    void reopen_log() { reopen_ = true; }
    void log_swap() { swapped_ = true; }

    uint64_t delivered(uint32_t slot, Hook hook) const { return source_.delivered(slot, hook); }
    uint64_t not_understood(uint32_t slot, Hook hook) const {
        return source_.not_understood(slot, hook);
    }
    // Rounds completed: advances only after the rings were found empty or records were taken from
    // them, and what they caused was written. On an idle link some 100 times a second.
    uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }
    uint64_t records() const { return pipeline_.records(); }
    uint64_t limited() const { return pipeline_.limited(); }
    uint64_t alerts_counted() const { return pipeline_.alerts_counted(); }
    uint64_t losses_counted() const { return pipeline_.losses_counted(); }
    uint64_t lines_lost() const { return lines_lost_.load(std::memory_order_relaxed); }
    Activity activity() const;

  private:
    LiveInspection(KernelProgram& program, RuleHistory& history, const AttachOptions& options,
                   Sinks sinks, MakeLedger make_ledger, RingSource::Readers readers);

    void run();
    void wait_for_packets();
    bool drain_once();
    void read_the_rest();
    void drain_for_a_while();
    void settle();
    void do_requests();
    void do_every_second();
    void count_losses();
    void measure_wall_offset();
    void write_ledger(Ledger::Moment moment);
    void publish_counts();
    void report_counters() const;

    KernelProgram& program_;
    RuleHistory& history_;
    Nanoseconds ledger_interval_;
    MakeLedger make_ledger_;
    RingSource::Readers readers_;
    RingSource source_;
    Sinks sinks_;
    Pipeline pipeline_;
    Engine engine_;

    RuleHistory::Sets rules_;  // of the last batch
    peek_checkpoint_copy done_{};
    uint32_t retired_ = 0;  // generations before it are not judged by any more
    RingSource::Positions retired_at_{};
    Nanoseconds wall_offset_{0};  // UTC minus the kernel's packet clock
    uint64_t losses_seen_ = 0;    // records lost in rings, when they were last accounted for
    Nanoseconds next_second_{0};
    Nanoseconds next_ledger_{0};
    Ending ending_ = Ending::kDetached;
    std::atomic<uint64_t> progress_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> reopen_ = false;
    std::atomic<bool> swapped_ = false;
    std::atomic<uint64_t> lines_lost_ = 0;
    std::optional<Nanoseconds> last_packet_;
    uint64_t records_before_ = 0;
    mutable std::mutex activity_mutex_;
    Activity activity_;
    std::thread thread_;
};

}  // namespace peek
