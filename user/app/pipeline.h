// SPDX-License-Identifier: BSD-2-Clause
// Pipeline: what happens to matches of one source: records, to every sink; alerts, to every sink.
// One thread; the counts may be read from any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "alert/alert.h"
#include "alert/lost_scans.h"
#include "alert/record.h"
#include "app/options.h"
#include "detect/match.h"
#include "kernel/losses.h"
#include "sink/sink.h"

namespace peek {

using Sinks = std::vector<std::unique_ptr<Sink>>;

// The log, if one was asked for, and the console. Alerts go to standard output, or to standard
// error while the log or a summary has it.
Result<Sinks> open_sinks(const OutputOptions& options);
// Fails when the log is one of the files that are read: appending would ruin it.
Result<void> check_log_is_no_input(const std::string& log, const std::vector<std::string>& inputs);
uint64_t lines_lost(const Sinks& sinks);
void flush(const Sinks& sinks);

class Pipeline final : public MatchSink {
  public:
    // `alert_clock` is what alert windows run by. All references must outlive the pipeline.
    Pipeline(const OutputOptions& options, const PacketSource& source, const Sinks& sinks,
             std::function<Nanoseconds()> alert_clock);

    // Is shown every record, whatever --log-limit keeps from the log.
    void watch(std::function<void(const Record&)> watcher) { watcher_ = std::move(watcher); }

    void on_match(const Match& match, const RuleSets& rules) override;
    // A decision of the kernel whose record was lost: seen on `interface` (an index of the source),
    // the last time at `last`. Then, now and again, close_due_scans(): alerts for scans that no
    // record can tell of any more.
    void on_loss(const KernelLoss& loss, uint32_t interface, Timestamp last, const RuleSets& rules);
    void close_due_scans(Timestamp now, const RuleSets& rules);

    void close_due_windows() { aggregator_.advance(alert_clock_()); }
    void finish(const RuleSets& rules);  // pending alerts are issued

    uint64_t records() const { return records_.load(std::memory_order_relaxed); }
    uint64_t limited() const { return limited_.load(std::memory_order_relaxed); }
    uint64_t alerts_counted() const { return alerts_counted_.load(std::memory_order_relaxed); }

    uint64_t losses_counted() const { return losses_counted_.load(std::memory_order_relaxed); }

  private:
    void note_scan(Record& record);
    void add_lost(const Match& like, uint64_t count, const RuleSets& rules);
    void add_lost_scans(const std::vector<LostScans::Scan>& scans, const RuleSets& rules);
    void on_alert(const Alert& alert);

    RecordOrigin origin_;
    const Sinks& sinks_;
    std::function<Nanoseconds()> alert_clock_;
    std::function<void(const Record&)> watcher_;
    Aggregator aggregator_;
    LostScans lost_scans_;
    std::atomic<uint64_t> records_ = 0;
    std::atomic<uint64_t> limited_ = 0;
    std::atomic<uint64_t> alerts_counted_ = 0;
    std::atomic<uint64_t> losses_counted_ = 0;
};

}  // namespace peek
