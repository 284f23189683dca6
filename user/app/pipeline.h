// SPDX-License-Identifier: BSD-2-Clause
// Pipeline: what happens to matches of one source: records, to every sink; alerts, to every sink.
// One thread; the counts may be read from any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "alert/alert.h"
#include "alert/record.h"
#include "app/options.h"
#include "detect/match.h"
#include "sink/sink.h"

namespace peek {

using Sinks = std::vector<std::unique_ptr<Sink>>;

// The log, if one was asked for, and the console. Alerts go to standard output, or to standard
// error while the log has it.
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

    void on_match(const Match& match, const RuleSets& rules) override;
    void close_due_windows() { aggregator_.advance(alert_clock_()); }
    void finish();  // pending alerts are issued

    uint64_t records() const { return records_.load(std::memory_order_relaxed); }
    uint64_t limited() const { return limited_.load(std::memory_order_relaxed); }
    uint64_t alerts_counted() const { return alerts_counted_.load(std::memory_order_relaxed); }

  private:
    void on_alert(const Alert& alert);

    RecordOrigin origin_;
    const Sinks& sinks_;
    std::function<Nanoseconds()> alert_clock_;
    Aggregator aggregator_;
    std::atomic<uint64_t> records_ = 0;
    std::atomic<uint64_t> limited_ = 0;
    std::atomic<uint64_t> alerts_counted_ = 0;
};

}  // namespace peek
