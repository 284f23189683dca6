// SPDX-License-Identifier: BSD-2-Clause
#include "app/live_inspection.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <ctime>
#include <utility>

#include "app/messages.h"

namespace peek {

namespace {

using std::chrono::milliseconds;

// The programs wake us early when much is waiting; otherwise a record waits at most this long.
// Asking for a wake-up per record would cost the monitored path 7 µs each.
constexpr int kPollMilliseconds = 10;
// How long one round may go on under load before logs are flushed and requests are looked at.
constexpr milliseconds kRound{100};
// Packets of another CPU may still be on their way into the ring when it was seen empty.
constexpr milliseconds kLateness{10};

Nanoseconds read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

Nanoseconds monotonic() {
    return read_clock(CLOCK_MONOTONIC);
}
Timestamp wall() {
    return Timestamp{read_clock(CLOCK_REALTIME)};
}

}  // namespace

Result<std::unique_ptr<LiveInspection>> LiveInspection::create(KernelProgram& program,
                                                               RuleHistory& history,
                                                               const AttachOptions& options,
                                                               Sinks sinks,
                                                               MakeLedger make_ledger) {
    auto readers = RingReader::open_all(program);
    if (!readers) return readers.error();
    return std::unique_ptr<LiveInspection>(new LiveInspection(
        program, history, options, std::move(sinks), std::move(make_ledger), std::move(*readers)));
}

LiveInspection::LiveInspection(KernelProgram& program, RuleHistory& history,
                               const AttachOptions& options, Sinks sinks, MakeLedger make_ledger,
                               RingSource::Readers readers)
    : program_(program),
      history_(history),
      ledger_interval_(options.ledger_interval),
      make_ledger_(std::move(make_ledger)),
      readers_(std::move(readers)),
      source_(readers_),
      sinks_(std::move(sinks)),
      pipeline_(options.output, source_, sinks_, monotonic),
      engine_(pipeline_),
      rules_(history.current()) {
    measure_wall_offset();
}

LiveInspection::~LiveInspection() {
    if (thread_.joinable()) finish();
}

void LiveInspection::start() {
    next_second_ = monotonic() + std::chrono::seconds(1);
    next_ledger_ = monotonic() + ledger_interval_;
    thread_ = std::thread([this] { run(); });
}

void LiveInspection::finish() {
    stopping_ = true;
    thread_.join();
}

void LiveInspection::run() {
    write_ledger(Ledger::Moment::kStart);
    while (!stopping_) {
        wait_for_packets();
        drain_for_a_while();
        do_requests();
        do_every_second();
        publish_counts();
    }
    while (!drain_once()) {
    }
    do_requests();
    engine_.finish(*history_.current());
    pipeline_.finish();
    publish_counts();
    write_ledger(Ledger::Moment::kEnd);
    publish_counts();
    report_counters();
}

void LiveInspection::report_counters() const {
    for (const Counter& counter : engine_.counters())
        if (counter.value != 0) say(fmt::format("{}: {}", counter.name, counter.value));
    if (source_.bytes_dropped() != 0)
        warn(fmt::format("{} bytes from the ring were not understood", source_.bytes_dropped()));
}

void LiveInspection::wait_for_packets() {
    std::array<pollfd, PEEK_MAX_RINGS> rings{};
    for (size_t i = 0; i < readers_.size(); ++i)
        rings.at(i) = {program_.ring_fd(static_cast<uint32_t>(i)), POLLIN, 0};
    program_.set_consumer_asleep(true);
    ::poll(rings.data(), readers_.size(), kPollMilliseconds);
    program_.set_consumer_asleep(false);
}

// True when the rings were found empty.
bool LiveInspection::drain_once() {
    const uint32_t retired = history_.retired_before();
    const Timestamp before = wall();
    const PacketSource::Batch batch = source_.next();
    if (!batch.packets.empty()) {
        const uint32_t generation = batch.packets.front().generation;
        if (rules_->generation != generation) rules_ = history_.get(generation);
        engine_.process(batch.packets, *rules_);
        last_packet_ = monotonic();
    }
    if (batch.state != PacketSource::State::kIdle) return false;
    engine_.advance(before - kLateness, *history_.current());
    rules_ = history_.current();  // holds on to no retired set
    history_.drop_before(retired);
    return true;
}

void LiveInspection::drain_for_a_while() {
    const Nanoseconds end = monotonic() + kRound;
    while (!drain_once() && monotonic() < end) {
    }
    pipeline_.close_due_windows();
    flush(sinks_);
}

void LiveInspection::do_requests() {
    if (reopen_.exchange(false)) {
        for (const auto& sink : sinks_)
            if (auto reopened = sink->reopen(); !reopened) warn(reopened.error().text);
    }
    if (swapped_.exchange(false)) write_ledger(Ledger::Moment::kSwap);
}

void LiveInspection::do_every_second() {
    const Nanoseconds now = monotonic();
    if (now < next_second_) return;
    next_second_ = now + std::chrono::seconds(1);
    measure_wall_offset();
    for (const auto& sink : sinks_) sink->tick();
    if (now < next_ledger_) return;
    next_ledger_ = now + ledger_interval_;
    write_ledger(Ledger::Moment::kPeriodic);
}

void LiveInspection::measure_wall_offset() {
    const Nanoseconds kernel = read_clock(CLOCK_BOOTTIME);
    source_.set_wall_offset(kernel, wall().time_since_epoch() - kernel);
}

void LiveInspection::write_ledger(Ledger::Moment moment) {
    const Ledger ledger = make_ledger_(moment);
    for (const auto& sink : sinks_) sink->write(ledger, wall());
    flush(sinks_);
}

void LiveInspection::publish_counts() {
    lines_lost_ = peek::lines_lost(sinks_);
    Activity now{.engine = engine_.counters(),
                 .bytes_not_understood = source_.bytes_dropped(),
                 .rings = {},
                 .last_packet = last_packet_,
                 .last_record = {}};
    for (const Counter& counter : now.engine)
        if (counter.name == "scan_state_evicted") evicted_ = counter.value;
    for (const auto& reader : readers_)
        now.rings.push_back({reader->size(), reader->produced_pos() - reader->taken_pos()});
    const bool recorded =
        pipeline_.records() != std::exchange(records_before_, pipeline_.records());
    const std::lock_guard lock(activity_mutex_);
    now.last_record = recorded ? monotonic() : activity_.last_record;
    activity_ = std::move(now);
}

LiveInspection::Activity LiveInspection::activity() const {
    const std::lock_guard lock(activity_mutex_);
    return activity_;
}

}  // namespace peek
