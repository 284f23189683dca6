// SPDX-License-Identifier: BSD-2-Clause
#include "app/pcap_command.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>

#include "app/block_workers.h"
#include "app/capture_inputs.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/pcap_outputs.h"
#include "app/pipeline.h"
#include "app/rule_files.h"
#include "detect/engine.h"

namespace peek {

namespace {

volatile std::sig_atomic_t g_signal = 0;

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = [](int number) { g_signal = number; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // what was found is told; twice ends at once
    for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

// A capture stays open while others that follow it are read: streams may look at its bytes.
void allow_many_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

int signal_status() {
    return g_signal == SIGINT ? kExitInterrupted : kExitTerminated;
}

void report_counters(const std::string& name, const Engine& engine) {
    for (const Counter& counter : engine.counters())
        if (counter.value != 0) say(fmt::format("{}: {}: {}", name, counter.name, counter.value));
}

void report_unsupported(const std::string& name, const CaptureSource::LeftOut& left_out) {
    for (const auto& [link, packets] : left_out.unsupported)
        warn(fmt::format("{}: {} packets not inspected: their link type {} is not supported", name,
                         packets, link));
}

std::string limited_text(uint64_t limited) {
    return limited == 0 ? "" : fmt::format(", {} of them not logged (--log-limit)", limited);
}

std::string unselected_text(const CaptureSource::LeftOut& left_out) {
    return left_out.unselected == 0
               ? ""
               : fmt::format(" ({} more not selected by the filter)", left_out.unselected);
}

// All that is the same for every group of captures.
class PcapRun {
  public:
    PcapRun(const PcapOptions& options, const RuleSets& rules, const Sinks& sinks,
            PcapOutputs& outputs, CaptureFilter* filter)
        : options_(options),
          rules_(rules),
          sinks_(sinks),
          outputs_(outputs),
          filter_(filter),
          workers_(options.threads, rules) {}

    // False: something could not be read (whole), or its evidence not be written.
    bool inspect(const CaptureGroup& group);
    uint64_t records() const { return records_; }

  private:
    Result<std::unique_ptr<PacketSource>> open_again(const CaptureGroup& group) const;
    void report(const std::string& name, const CaptureSource& source, const Engine& engine,
                const Pipeline& pipeline) const;

    const PcapOptions& options_;
    const RuleSets& rules_;
    const Sinks& sinks_;
    PcapOutputs& outputs_;
    CaptureFilter* filter_;
    BlockWorkers workers_;
    uint64_t records_ = 0;
};

bool PcapRun::inspect(const CaptureGroup& group) {
    auto source = open_group(group, filter_, [](const Error& problem) {
        if (g_signal == 0) fail(problem);
    });
    if (!source) {
        fail(source.error());
        return false;
    }
    const Engine* clock = nullptr;
    Pipeline pipeline(options_.output, **source, sinks_,
                      [&clock] { return clock->high_water().time_since_epoch(); });
    outputs_.watch(pipeline);
    Engine engine(pipeline, {.reassembly = options_.detection.reassembly});
    clock = &engine;

    const PacketSource::State state = workers_.run(**source, engine, [&](uint64_t bytes_read) {
        outputs_.after_batch(group.name, engine, pipeline, bytes_read, sinks_);
        return g_signal == 0;
    });
    engine.finish(rules_);
    pipeline.finish(rules_);
    records_ += pipeline.records();
    const bool kept = outputs_.end_of_source([&] { return open_again(group); }, g_signal == 0);
    report(group.name, **source, engine, pipeline);
    return kept && state != PacketSource::State::kFailed && !(*source)->error();
}

// What is wrong with the files was said the first time.
Result<std::unique_ptr<PacketSource>> PcapRun::open_again(const CaptureGroup& group) const {
    auto source = open_group(group, filter_, [](const Error&) {});
    if (!source) return source.error();
    return std::unique_ptr<PacketSource>(std::move(*source));
}

void PcapRun::report(const std::string& name, const CaptureSource& source, const Engine& engine,
                     const Pipeline& pipeline) const {
    const CaptureSource::LeftOut left_out = source.left_out();
    report_counters(name, engine);
    report_unsupported(name, left_out);
    say(fmt::format("{}: {} packets{}, {} records{}", name, engine.packets(),
                    unselected_text(left_out), pipeline.records(),
                    limited_text(pipeline.limited())));
    if (source.error() && g_signal == 0) fail(*source.error());
}

}  // namespace

int run_pcap(const PcapOptions& options) {
    auto rules = load_rules(options.detection);
    if (!rules) return fail(rules.error());
    if (rules->families() == 0) warn("no rules loaded: nothing can be found");
    std::unique_ptr<CaptureFilter> filter;
    if (!options.filter.empty()) {
        auto compiled = CaptureFilter::create(options.filter);
        if (!compiled) return fail(compiled.error());
        filter = std::move(*compiled);
    }
    std::vector<std::string> inputs = given_paths(options.detection.rules);
    inputs.insert(inputs.end(), options.files.begin(), options.files.end());
    if (auto apart = check_log_is_no_input(options.output.log, inputs); !apart)
        return fail(apart.error());
    auto outputs = PcapOutputs::open(options, inputs);
    if (!outputs) return fail(outputs.error());
    auto sinks = open_sinks(options.output);
    if (!sinks) return fail(sinks.error());
    if (options.output.log.empty()) say("no -l FILE: records are not kept, only alerts are shown");

    catch_signals();
    if (options.continuous) allow_many_files();
    bool whole = true;
    PcapRun run(options, *rules, *sinks, **outputs, filter.get());
    for (const CaptureGroup& group : group_inputs(options.files, options.continuous)) {
        whole = run.inspect(group) && whole;
        if (g_signal != 0) break;
    }
    const bool written = (*outputs)->finish(whole && g_signal == 0);
    if (g_signal != 0) return signal_status();
    if (!whole || !written || lines_lost(*sinks) != 0) return kExitFailed;
    return options.exit_code && run.records() != 0 ? kExitFound : kExitDone;
}

}  // namespace peek
