// SPDX-License-Identifier: BSD-2-Clause
#include "app/pipeline.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "app/journal.h"
#include "app/messages.h"
#include "rules/ip_rules.h"
#include "sink/console_sink.h"
#include "sink/log_sink.h"

namespace peek {

namespace {

bool wants_colour(int fd) {
    return ::isatty(fd) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

Result<Sinks> open_sinks(const OutputOptions& options) {
    Sinks sinks;
    if (!options.log.empty()) {
        auto log = open_log(options.log, options.log_format, [](const std::string& t) { warn(t); });
        if (!log) return log.error();
        sinks.push_back(std::move(*log));
    }
    const int console = options.log == "-" || options.stdout_taken ? STDERR_FILENO : STDOUT_FILENO;
    sinks.push_back(is_journal(console) ? make_journal_sink()
                                        : make_console(console, wants_colour(console)));
    return sinks;
}

Result<void> check_log_is_no_input(const std::string& log, const std::vector<std::string>& inputs) {
    struct stat out {};
    struct stat in {};
    if (::stat(log.c_str(), &out) != 0 || !S_ISREG(out.st_mode)) return {};
    for (const std::string& input : inputs)
        if (::stat(input.c_str(), &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return usage_error("-l " + log + ": this file is read as " + input +
                               "; name another log");
    return {};
}

uint64_t lines_lost(const Sinks& sinks) {
    uint64_t total = 0;
    for (const auto& sink : sinks) total += sink->lost();
    return total;
}

void flush(const Sinks& sinks) {
    for (const auto& sink : sinks) sink->flush();
}

Pipeline::Pipeline(const OutputOptions& options, const PacketSource& source, const Sinks& sinks,
                   std::function<Nanoseconds()> alert_clock)
    : origin_{options.sensor, &source},
      sinks_(sinks),
      alert_clock_(std::move(alert_clock)),
      aggregator_({options.alert_window, options.alert_keys, options.log_limit},
                  [this](const Alert& alert) { on_alert(alert); }) {}

void Pipeline::on_match(const Match& match, const RuleSets& rules) {
    Record record = make_record(match, rules, origin_);
    if (record.type == Family::kScan) note_scan(record);
    records_.fetch_add(1, std::memory_order_relaxed);
    if (watcher_) watcher_(record);
    if (!aggregator_.add(record, alert_clock_())) {
        limited_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    for (const auto& sink : sinks_) sink->write(record);
}

void Pipeline::on_alert(const Alert& alert) {
    alerts_counted_.fetch_add(alert.count, std::memory_order_relaxed);
    for (const auto& sink : sinks_) sink->write(alert);
}

void Pipeline::note_scan(Record& record) {
    auto& facts = std::get<ScanFacts>(record.evidence);
    const LostScans::Pair pair{record.packet.src, record.packet.dst};
    if (facts.phase == ScanFacts::Phase::kStart)
        lost_scans_.began(pair);
    else
        facts.lost_probes = lost_scans_.ended(pair);
}

void Pipeline::on_loss(const KernelLoss& loss, uint32_t interface, Timestamp last,
                       const RuleSets& rules) {
    if (loss.type == PEEK_LOSS_SCAN)
        return lost_scans_.lost({{loss.src, loss.dst}, loss.count, last, interface});
    Match like;
    like.family = Family::kIp;
    like.packet.time = last;
    like.packet.interface = interface;
    like.packet.src = loss.src;
    like.packet.dst = loss.dst;
    if (rules.ip) like.rule = rules.ip->lowest(loss.src, loss.dst);
    add_lost(like, loss.count, rules);
}

void Pipeline::add_lost(const Match& like, uint64_t count, const RuleSets& rules) {
    losses_counted_.fetch_add(count, std::memory_order_relaxed);
    aggregator_.add_lost(make_record(like, rules, origin_), count, alert_clock_());
}

void Pipeline::add_lost_scans(const std::vector<LostScans::Scan>& scans, const RuleSets& rules) {
    for (const LostScans::Scan& scan : scans) {
        Match like;
        like.family = Family::kScan;
        like.packet.time = scan.last;
        like.packet.interface = scan.interface;
        like.packet.src = scan.pair.src;
        like.packet.dst = scan.pair.dst;
        like.evidence =
            ScanFacts{ScanFacts::Phase::kStart,        {},         0, scan.last, scan.last,
                      rules.scan.value_or(ScanRule{}), scan.probes};
        add_lost(like, 1, rules);
    }
}

void Pipeline::close_due_scans(Timestamp now, const RuleSets& rules) {
    add_lost_scans(lost_scans_.overdue(now, rules.scan.value_or(ScanRule{}).window), rules);
}

void Pipeline::finish(const RuleSets& rules) {
    add_lost_scans(lost_scans_.rest(), rules);
    aggregator_.flush();
    flush(sinks_);
}

}  // namespace peek
