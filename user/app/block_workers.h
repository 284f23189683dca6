// SPDX-License-Identifier: BSD-2-Clause
// BlockWorkers: takes a source's packets through both stages of the engine on several threads.
//
// The calling thread reads and commits blocks, in packet order, and inspects one like any other
// thread when neither can be done: as many cores are busy as there are threads, and of one thread
// no other is started. What is in flight is bounded, whatever the input's size.
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

    // Inspects all of `source`, or until committed(), called after each block, returns false: then
    // what was read but not committed is dropped. Returns the state of the last batch read. For
    // any number of threads the engine is given the same packets in the same order.
    PacketSource::State run(PacketSource& source, Engine& engine,
                            const std::function<bool()>& committed);

  private:
    // One block in flight. Each has a number; the room of the one that is committed is used again.
    struct Slot {
        Block block;
        std::vector<PacketView> views;
        std::vector<uint8_t> bytes;  // of a source whose bytes do not stay
        bool inspected = false;
    };

    Slot& slot(uint64_t number) { return slots_[number % slots_.size()]; }
    PacketSource::State read(PacketSource& source);
    void keep(const PacketSource& source, std::span<const PacketView> packets, Slot& to);
    bool next_is_inspected();
    bool inspect_one(BlockInspector& inspector);
    void wait_for_next();
    void drop_the_rest();
    void work();

    const RuleSets& rules_;
    std::vector<Slot> slots_;
    BlockInspector inspector_;  // of the calling thread

    // Numbers of blocks: committed_ ≤ taken_ ≤ filled_ ≤ committed_ + slots. Only the calling
    // thread changes the outer two. All under mutex_, as is Slot::inspected.
    std::mutex mutex_;
    std::condition_variable filled_changed_;
    std::condition_variable inspected_changed_;
    uint64_t committed_ = 0;
    uint64_t taken_ = 0;
    uint64_t filled_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace peek
