// SPDX-License-Identifier: BSD-2-Clause
#include "app/pcap_outputs.h"

#include <fmt/format.h>

#include "app/messages.h"
#include "app/summary_command.h"

namespace peek {

Result<std::unique_ptr<PcapOutputs>> PcapOutputs::open(const PcapOptions& options,
                                                       const std::vector<std::string>& inputs) {
    std::unique_ptr<Evidence> evidence;
    if (!options.evidence.empty()) {
        if (options.evidence == options.output.log)
            return usage_error("-w " + options.evidence + ": the log is written there");
        auto created = Evidence::create(options.evidence, options.files, inputs);
        if (!created) return created.error();
        evidence = std::move(*created);
    }
    return std::unique_ptr<PcapOutputs>(new PcapOutputs(options, std::move(evidence)));
}

PcapOutputs::PcapOutputs(const PcapOptions& options, std::unique_ptr<Evidence> evidence)
    : evidence_(std::move(evidence)), progress_(options.progress, bytes_of_files(options.files)) {
    if (options.summary) {
        look_ = options.summary->look;
        summary_.emplace(options.summary->keys, options.summary->max_groups);
    }
    before_messages([this] { progress_.hide(); });
}

PcapOutputs::~PcapOutputs() {
    before_messages({});
}

void PcapOutputs::watch(Pipeline& pipeline) {
    if (!summary_ && !evidence_) return;
    pipeline.watch([this](const Record& record) {
        if (summary_) summary_->add(record);
        if (evidence_) evidence_->add(record);
    });
}

void PcapOutputs::after_batch(const std::string& file, const Engine& engine,
                              const Pipeline& pipeline, uint64_t bytes_read, const Sinks& sinks) {
    // Both may go to the terminal that the line stands on.
    const uint64_t told = pipeline.records() + pipeline.alerts_counted();
    if (told != told_) progress_.hide();
    told_ = told;
    flush(sinks);
    progress_.update(file, engine.packets(), pipeline.records(), bytes_read);
}

bool PcapOutputs::end_of_source(const std::function<Result<std::unique_ptr<PacketSource>>()>& again,
                                bool whole) {
    progress_.next_file();
    progress_.hide();
    if (!evidence_ || !evidence_->wanted()) return true;
    auto source = again();
    auto written = source ? evidence_->write(**source, whole) : source.error();
    if (written) return true;
    fail(written.error());
    evidence_.reset();  // an incomplete file does not take its name
    return false;
}

bool PcapOutputs::finish(bool whole) {
    progress_.hide();
    bool good = true;
    if (evidence_) {
        if (evidence_->beyond_bound() != 0)
            warn(
                fmt::format("-w: the packets of {} records are not in the file: they are more than "
                            "is kept in mind at a time; inspect in parts",
                            evidence_->beyond_bound()));
        good = evidence_->beyond_bound() == 0;
        if (auto done = evidence_->finish(); !done)
            good = fail(done.error()) == 0;
        else
            say(fmt::format("evidence: {} packets", evidence_->packets()));
    }
    if (!summary_) return good;
    if (!whole) summary_->set_incomplete();
    if (summary_->other().count != 0)
        warn(fmt::format("summary: {} records are in none of the {} groups (--summary-groups)",
                         summary_->other().count, summary_->size()));
    if (auto printed = print_summary(*summary_, *look_); !printed)
        good = fail(printed.error()) == 0;
    return good;
}

}  // namespace peek
