// SPDX-License-Identifier: BSD-2-Clause
#include "app/block_workers.h"

#include <pthread.h>
#include <sched.h>

#include <csignal>
#include <cstring>

namespace peek {

namespace {

// Enough that a worker finds the next block while the calling thread commits one; few enough that
// what they hold stays in the caches.
size_t slots_for(unsigned threads) {
    return threads == 1 ? 1 : 2 * size_t{threads} + 2;
}

// Signals are for the calling thread: only there they interrupt a read.
class NoSignals {
  public:
    NoSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

  private:
    sigset_t before_;
};

}  // namespace

unsigned usable_cpus() {
    cpu_set_t cpus;
    if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
    return static_cast<unsigned>(CPU_COUNT(&cpus));
}

BlockWorkers::BlockWorkers(unsigned threads, const RuleSets& rules)
    : rules_(rules), slots_(slots_for(threads)) {
    const NoSignals inherited;
    for (unsigned i = 1; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

BlockWorkers::~BlockWorkers() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    filled_changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

// A read may wait when the source was idle: whatever can be told before it is.
PacketSource::State BlockWorkers::run(PacketSource& source, Engine& engine,
                                      const std::function<bool()>& committed) {
    using State = PacketSource::State;
    State state = State::kMore;
    for (;;) {
        const uint64_t in_flight = filled_ - committed_;
        if (in_flight != 0 && next_is_inspected()) {
            engine.commit(slot(committed_).block, rules_);
            {
                const std::lock_guard lock(mutex_);
                ++committed_;
            }
            if (!committed()) break;
        } else if ((state == State::kMore && in_flight < slots_.size()) ||
                   (state == State::kIdle && in_flight == 0)) {
            state = read(source);
        } else if (in_flight == 0) {
            break;
        } else if (!inspect_one(inspector_)) {
            wait_for_next();
        }
    }
    drop_the_rest();
    return state;
}

PacketSource::State BlockWorkers::read(PacketSource& source) {
    const PacketSource::Batch batch = source.next();
    if (batch.packets.empty()) return batch.state;
    Slot& to = slot(filled_);
    keep(source, batch.packets, to);
    {
        const std::lock_guard lock(mutex_);
        to.inspected = false;
        ++filled_;
    }
    filled_changed_.notify_one();
    return batch.state;
}

// Without other threads a block is committed before the next is read.
void BlockWorkers::keep(const PacketSource& source, std::span<const PacketView> packets, Slot& to) {
    to.block.stable = source.stable();
    if (threads_.empty()) {
        to.block.views = packets;
        return;
    }
    to.views.assign(packets.begin(), packets.end());
    to.block.views = to.views;
    if (to.block.stable) return;
    size_t total = 0;
    for (const PacketView& view : to.views) total += view.bytes.size();
    if (to.bytes.size() < total) to.bytes.resize(total);
    uint8_t* at = to.bytes.data();
    for (PacketView& view : to.views) {
        if (!view.bytes.empty()) std::memcpy(at, view.bytes.data(), view.bytes.size());
        view.bytes = {at, view.bytes.size()};
        at += view.bytes.size();
    }
}

bool BlockWorkers::next_is_inspected() {
    const std::lock_guard lock(mutex_);
    return slot(committed_).inspected;
}

bool BlockWorkers::inspect_one(BlockInspector& inspector) {
    std::unique_lock lock(mutex_);
    if (taken_ == filled_) return false;
    const uint64_t number = taken_++;
    lock.unlock();
    inspector.inspect(slot(number).block, rules_);
    lock.lock();
    slot(number).inspected = true;
    const bool awaited = number == committed_;
    lock.unlock();
    if (awaited) inspected_changed_.notify_one();
    return true;
}

void BlockWorkers::wait_for_next() {
    std::unique_lock lock(mutex_);
    inspected_changed_.wait(lock, [this] { return slot(committed_).inspected; });
}

// Nobody may still be reading the source's bytes when run() returns.
void BlockWorkers::drop_the_rest() {
    std::unique_lock lock(mutex_);
    for (; taken_ < filled_; ++taken_) slot(taken_).inspected = true;
    while (committed_ < filled_) {
        inspected_changed_.wait(lock, [this] { return slot(committed_).inspected; });
        ++committed_;
    }
}

void BlockWorkers::work() {
    BlockInspector inspector;
    for (;;) {
        if (inspect_one(inspector)) continue;
        std::unique_lock lock(mutex_);
        filled_changed_.wait(lock, [this] { return stopping_ || taken_ < filled_; });
        if (stopping_) return;
    }
}

}  // namespace peek
