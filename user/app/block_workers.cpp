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

// Signals are for the calling thread: only there they interrupt a read. But SIGBUS is for whoever
// looks at a byte that a file has lost: where it is blocked, it ends the process.
class NoSignals {
  public:
    NoSignals() {
        sigset_t all;
        sigfillset(&all);
        sigdelset(&all, SIGBUS);
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
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

// A read may wait when the source was idle: whatever can be told before it is, and signals have to
// interrupt it.
PacketSource::State BlockWorkers::run(PacketSource& source, Engine& engine,
                                      const std::function<bool(uint64_t)>& committed) {
    using State = PacketSource::State;
    Lock lock(mutex_);
    source_ = &source;
    state_ = State::kMore;
    stable_ = false;
    for (;;) {
        const bool in_flight = committed_ < filled_;
        if (in_flight && slot(committed_).inspected) {
            const uint64_t bytes_read = commit(lock, engine);
            lock.unlock();
            const bool go_on = committed(bytes_read);
            lock.lock();
            if (!go_on) break;
        } else if (may_read() || (state_ == State::kIdle && !in_flight && !reading_)) {
            read(lock);
        } else if (taken_ < filled_) {
            inspect(lock, inspector_);
        } else if (in_flight || reading_) {
            progress_.wait(lock);
        } else {
            break;
        }
    }
    drop_the_rest(lock);
    return state_;
}

bool BlockWorkers::may_read() const {
    return source_ != nullptr && !reading_ && state_ == PacketSource::State::kMore &&
           filled_ - committed_ < slots_.size();
}

void BlockWorkers::read(Lock& lock) {
    reading_ = true;
    PacketSource& source = *source_;
    Slot& to = slot(filled_);
    lock.unlock();
    const PacketSource::Batch batch = source.next();
    const bool stable = source.stable();
    if (!batch.packets.empty()) {
        keep(source, batch.packets, to);
        to.bytes_read = source.bytes_read();
    }
    lock.lock();
    reading_ = false;
    state_ = batch.state;
    stable_ = stable;
    if (batch.packets.empty()) return;
    to.inspected = false;
    ++filled_;
    work_.notify_one();
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

// True when the block is the next to be committed.
bool BlockWorkers::inspect(Lock& lock, BlockInspector& inspector) {
    const uint64_t number = taken_++;
    lock.unlock();
    inspector.inspect(slot(number).block, rules_);
    lock.lock();
    slot(number).inspected = true;
    return number == committed_;
}

uint64_t BlockWorkers::commit(Lock& lock, Engine& engine) {
    Slot& next = slot(committed_);
    lock.unlock();
    engine.commit(next.block, rules_);
    const uint64_t bytes_read = next.bytes_read;
    lock.lock();
    ++committed_;
    if (others_may_read()) work_.notify_one();
    return bytes_read;
}

// Nobody may still be reading the source or its bytes when run() returns.
void BlockWorkers::drop_the_rest(Lock& lock) {
    source_ = nullptr;
    progress_.wait(lock, [this] { return !reading_; });
    for (; taken_ < filled_; ++taken_) slot(taken_).inspected = true;
    for (; committed_ < filled_; ++committed_)
        progress_.wait(lock, [this] { return slot(committed_).inspected; });
}

void BlockWorkers::work() {
    BlockInspector inspector;
    Lock lock(mutex_);
    while (!stopping_) {
        if (taken_ < filled_) {
            if (inspect(lock, inspector)) progress_.notify_one();
        } else if (others_may_read()) {
            read(lock);
            progress_.notify_one();
        } else {
            work_.wait(lock);
        }
    }
}

}  // namespace peek
