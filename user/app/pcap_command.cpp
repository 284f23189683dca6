// SPDX-License-Identifier: BSD-2-Clause
#include "app/pcap_command.h"

#include <fmt/format.h>

#include <csignal>

#include "app/block_workers.h"
#include "app/exit_status.h"
#include "app/messages.h"
#include "app/pipeline.h"
#include "app/rule_files.h"
#include "detect/engine.h"
#include "source/pcap_source.h"

namespace peek {

namespace {

volatile std::sig_atomic_t g_signal = 0;

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = [](int number) { g_signal = number; };
    for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
}

int signal_status() {
    return g_signal == SIGINT ? kExitInterrupted : kExitTerminated;
}

void report_counters(const std::string& file, const Engine& engine) {
    for (const Counter& counter : engine.counters())
        if (counter.value != 0) say(fmt::format("{}: {}: {}", file, counter.name, counter.value));
}

std::string limited_text(uint64_t limited) {
    return limited == 0 ? "" : fmt::format(", {} of them not logged (--log-limit)", limited);
}

// Returns false when the file could not be read whole.
bool inspect(const std::string& file, const PcapOptions& options, const RuleSets& rules,
             const Sinks& sinks, BlockWorkers& workers, uint64_t& records) {
    auto source = open_pcap(file);
    if (!source) {
        fail(source.error());
        return false;
    }
    const Engine* clock = nullptr;
    Pipeline pipeline(options.output, **source, sinks,
                      [&clock] { return clock->high_water().time_since_epoch(); });
    Engine engine(pipeline);
    clock = &engine;

    const PacketSource::State state = workers.run(**source, engine, [&] {
        flush(sinks);
        return g_signal == 0;
    });
    engine.finish(rules);
    pipeline.finish(rules);
    records += pipeline.records();

    report_counters(file, engine);
    say(fmt::format("{}: {} packets, {} records{}", file, engine.packets(), pipeline.records(),
                    limited_text(pipeline.limited())));
    if ((*source)->error() && g_signal == 0) fail(*(*source)->error());
    return state != PacketSource::State::kFailed;
}

}  // namespace

int run_pcap(const PcapOptions& options) {
    auto rules = load_rules(options.detection);
    if (!rules) return fail(rules.error());
    if (rules->families() == 0) warn("no rules loaded: nothing can be found");
    std::vector<std::string> inputs = given_paths(options.detection.rules);
    inputs.insert(inputs.end(), options.files.begin(), options.files.end());
    if (auto apart = check_log_is_no_input(options.output.log, inputs); !apart)
        return fail(apart.error());
    auto sinks = open_sinks(options.output);
    if (!sinks) return fail(sinks.error());
    if (options.output.log.empty()) say("no -l FILE: records are not kept, only alerts are shown");

    catch_signals();
    bool whole = true;
    uint64_t records = 0;
    BlockWorkers workers(options.threads, *rules);
    for (const std::string& file : options.files) {
        whole = inspect(file, options, *rules, *sinks, workers, records) && whole;
        if (g_signal != 0) return signal_status();
    }
    if (!whole || lines_lost(*sinks) != 0) return kExitFailed;
    return options.exit_code && records != 0 ? kExitFound : kExitDone;
}

}  // namespace peek
