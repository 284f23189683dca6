// SPDX-License-Identifier: BSD-2-Clause
#include "app/live_inspection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/clock.h"
#include "app/messages.h"
#include "kernel/checkpoint.h"

namespace peek {

namespace {

using std::chrono::milliseconds;

// The programs wake us early when much is waiting; otherwise a record waits at most this long.
// Asking for a wake-up per record would cost the monitored path 7 µs each.
constexpr int kPollMilliseconds = 10;
// How long one round may go on under load before logs are flushed and requests are looked at.
constexpr milliseconds kRound{100};
// When so much of a ring waits to be given back, logs are flushed within a round.
constexpr double kMostUncommitted = 0.125;
// Packets of another CPU may still be on their way into the ring when it was seen empty.
constexpr milliseconds kLateness{10};

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
      engine_(pipeline_, {.reassembly = options.detection.reassembly}),
      rules_(history.current()) {
    measure_wall_offset();
}

LiveInspection::~LiveInspection() {
    if (thread_.joinable()) finish(Ending::kDetached);
}

uint64_t LiveInspection::resume() {
    peek_checkpoint& checkpoint = program_.checkpoint();
    const peek_checkpoint_copy& done = last_done(checkpoint);
    RingSource::Positions taken{};
    std::copy(std::begin(checkpoint.taken_pos), std::end(checkpoint.taken_pos), taken.begin());
    uint64_t replayed = 0;
    for (size_t ring = 0; ring < readers_.size(); ring++) {
        readers_[ring]->set_taken_pos(done.done_pos[ring]);
        replayed += taken[ring] - done.done_pos[ring];
    }
    source_.set_replayed_before(taken);
    for (uint32_t slot = 0; slot < PEEK_MAX_INTERFACES; slot++)
        for (const Hook hook : {Hook::kIngress, Hook::kEgress}) {
            const uint32_t key = peek_counter_key(slot, static_cast<uint32_t>(hook));
            source_.set_counted(slot, hook, done.delivered[key], done.not_understood[key]);
        }
    source_.commit();
    checkpoint.restarts++;
    checkpoint.ended = 0;
    return replayed;
}

void LiveInspection::start() {
    next_second_ = monotonic() + std::chrono::seconds(1);
    next_ledger_ = monotonic() + ledger_interval_;
    thread_ = std::thread([this] { run(); });
}

void LiveInspection::finish(Ending ending) {
    ending_ = ending;
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
        progress_.fetch_add(1, std::memory_order_relaxed);
    }
    read_the_rest();
    do_requests();
    count_losses();
    engine_.finish(*history_.current());
    pipeline_.finish(*history_.current());
    settle();
    write_ledger(ending_ == Ending::kHandedOver ? Ledger::Moment::kHandOver : Ledger::Moment::kEnd);
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
    const Timestamp before = wall();
    const PacketSource::Batch batch = source_.next();
    note_taken(program_.checkpoint(), source_.taken());
    if (!batch.packets.empty()) {
        const uint32_t generation = batch.packets.front().generation;
        if (rules_->generation != generation) rules_ = history_.get(generation);
        engine_.process(batch.packets, *rules_);
        last_packet_ = monotonic();
    }
    if (source_.batch_done() && source_.uncommitted_part() > kMostUncommitted) settle();
    if (batch.state != PacketSource::State::kIdle) return false;
    engine_.advance(before - kLateness, *history_.current());
    rules_ = history_.current();  // holds on to no retired set
    return true;
}

// If programs stay attached, what comes from now on is the next controller's.
void LiveInspection::read_the_rest() {
    const RingSource::Positions end = source_.produced();
    const bool all = ending_ == Ending::kDetached;
    while (all ? !drain_once() : !source_.committed_up_to(end)) {
        if (all) continue;
        do drain_once();
        while (!source_.batch_done());
        settle();
    }
}

void LiveInspection::drain_for_a_while() {
    const Nanoseconds end = monotonic() + kRound;
    while (!drain_once() && monotonic() < end) {
    }
    while (!source_.batch_done()) drain_once();
    pipeline_.close_due_windows();
    settle();
}

// What was taken is written: the checkpoint says so, then the rings get their room back.
void LiveInspection::settle() {
    const uint32_t retired = history_.retired_before();
    if (retired != retired_) {  // from here on, no record of an older generation is put into a ring
        retired_ = retired;
        retired_at_ = source_.produced();
    }
    flush(sinks_);
    const RingSource::Positions taken = source_.taken();
    std::copy(taken.begin(), taken.end(), done_.done_pos);
    for (uint32_t slot = 0; slot < PEEK_MAX_INTERFACES; slot++)
        for (const Hook hook : {Hook::kIngress, Hook::kEgress}) {
            const uint32_t key = peek_counter_key(slot, static_cast<uint32_t>(hook));
            done_.delivered[key] = source_.delivered(slot, hook);
            done_.not_understood[key] = source_.not_understood(slot, hook);
        }
    note_done(program_.checkpoint(), done_);
    source_.commit();
    if (source_.committed_up_to(retired_at_)) history_.drop_before(retired_);
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
    count_losses();
    for (const auto& sink : sinks_) sink->tick();
    if (now < next_ledger_) return;
    next_ledger_ = now + ledger_interval_;
    write_ledger(Ledger::Moment::kPeriodic);
}

// Only when records were lost since: asking the kernel waits for its running programs.
void LiveInspection::count_losses() {
    const RuleHistory::Sets rules = history_.current();
    const uint64_t lost = program_.lost_in_rings();
    if (lost != losses_seen_) {
        losses_seen_ = lost;
        for (const KernelLoss& loss : program_.drain_losses()) {
            const auto slot = source_.index_of(loss.ifindex);
            if (!slot) continue;
            const Nanoseconds last{static_cast<int64_t>(loss.last_ns)};
            pipeline_.on_loss(loss, *slot, Timestamp{last + wall_offset_}, *rules);
        }
    }
    pipeline_.close_due_scans(wall(), *rules);
}

void LiveInspection::measure_wall_offset() {
    const Nanoseconds kernel = read_clock(CLOCK_BOOTTIME);
    wall_offset_ = wall().time_since_epoch() - kernel;
    source_.set_wall_offset(kernel, wall_offset_);
}

void LiveInspection::write_ledger(Ledger::Moment moment) {
    publish_counts();  // which the ledger is made of
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
