// SPDX-License-Identifier: BSD-2-Clause
// PcapOutputs: what `pcap` makes beside log and alerts: the progress line, the summary, the
// evidence file.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "alert/summary.h"
#include "app/evidence.h"
#include "app/options.h"
#include "app/pipeline.h"
#include "app/progress.h"
#include "detect/engine.h"

namespace peek {

// One thread.
class PcapOutputs {
  public:
    // `inputs`: every file that is read, rule files too; none is overwritten.
    static Result<std::unique_ptr<PcapOutputs>> open(const PcapOptions& options,
                                                     const std::vector<std::string>& inputs);
    ~PcapOutputs();
    PcapOutputs(const PcapOutputs&) = delete;
    PcapOutputs& operator=(const PcapOutputs&) = delete;

    // Every record of the pipeline goes into summary and evidence.
    void watch(Pipeline& pipeline);
    // Once a batch, between whose packets nothing was shown: writes out the sinks.
    void after_batch(const std::string& file, const Engine& engine, const Pipeline& pipeline,
                     uint64_t bytes_read, const Sinks& sinks);
    // The source was read. `again` opens it a second time; `whole`: it was inspected to its end.
    // False: its evidence could not be written.
    bool end_of_source(const std::function<Result<std::unique_ptr<PacketSource>>()>& again,
                       bool whole);
    // `whole`: all inputs were. False: something could not be written.
    bool finish(bool whole);

  private:
    PcapOutputs(const PcapOptions& options, std::unique_ptr<Evidence> evidence);

    std::optional<SummaryLook> look_;
    std::optional<Summary> summary_;
    std::unique_ptr<Evidence> evidence_;
    Progress progress_;
    uint64_t told_ = 0;  // records and alerts that the sinks had at the last batch
};

}  // namespace peek
