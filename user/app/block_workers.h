// SPDX-License-Identifier: BSD-2-Clause
// BlockWorkers: takes a source's packets through both stages of the engine on several threads.
//
// Blocks are read by one thread at a time, inspected by any, and committed by the calling thread,
// in packet order. That one reads when it has nothing to commit and inspects when it cannot read;
// the others inspect, and read when nothing is left to inspect and the source can keep nobody
// waiting. So as many cores are busy as there are threads, and of one thread no other is started.
// What is in flight is bounded, whatever the input's size.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "detect/engine.h"
#include "source/packet_source.h"

namespace peek {

// CPUs that this process may run on; at least 1.
unsigned usable_cpus();

class BlockWorkers {
  public:
    // `threads` counts the calling one and is at least 1. `rules` must outlive the workers.
    BlockWorkers(unsigned threads, const RuleSets& rules);
    ~BlockWorkers();
    BlockWorkers(const BlockWorkers&) = delete;
    BlockWorkers& operator=(const BlockWorkers&) = delete;

    // Inspects all of `source`, or until committed(), called after each block with the source's
    // bytes_read() up to it, returns false: then what was read but not committed is dropped.
    // Returns the state of the last batch read. For any number of threads the engine is given the
    // same packets in the same order. Until run() returns, only what the source says of its
    // interfaces and files may be asked of it.
    PacketSource::State run(PacketSource& source, Engine& engine,
                            const std::function<bool(uint64_t bytes_read)>& committed);

  private:
    // One block in flight. Each has a number; the room of the one that is committed is used again.
    struct Slot {
        Block block;
        std::vector<PacketView> views;
        std::vector<uint8_t> bytes;  // of a source whose bytes do not stay
        uint64_t bytes_read = 0;     // of the source, this block included
        bool inspected = false;
    };
    using Lock = std::unique_lock<std::mutex>;  // of mutex_; held before and after

    Slot& slot(uint64_t number) { return slots_[number % slots_.size()]; }
    bool may_read() const;
    bool others_may_read() const { return stable_ && may_read(); }
    void read(Lock& lock);
    void keep(const PacketSource& source, std::span<const PacketView> packets, Slot& to);
    bool inspect(Lock& lock, BlockInspector& inspector);
    uint64_t commit(Lock& lock, Engine& engine);
    void drop_the_rest(Lock& lock);
    void work();

    const RuleSets& rules_;
    std::vector<Slot> slots_;
    BlockInspector inspector_;  // of the calling thread

    // All under mutex_, as is Slot::inspected.
    std::mutex mutex_;
    std::condition_variable work_;      // for the others: something to inspect or to read
    std::condition_variable progress_;  // for the calling thread: something was inspected or read
    // Numbers of blocks: committed_ ≤ taken_ ≤ filled_ ≤ committed_ + slots.
    uint64_t committed_ = 0;
    uint64_t taken_ = 0;
    uint64_t filled_ = 0;
    PacketSource* source_ = nullptr;                          // while it is to be read
    PacketSource::State state_ = PacketSource::State::kMore;  // of its last batch
    bool stable_ = false;                                     // likewise
    bool reading_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace peek
