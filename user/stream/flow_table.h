// SPDX-License-Identifier: BSD-2-Clause
// FlowTable: entries by FlowKey, bounded. Entries stay where they are until they are evicted. Once
// full, the table allocates nothing; an entry makes place that was not used since the hand passed
// it last (CLOCK), so that a lookup writes to its own entry only.
//
// Entry: has key, hash and touched, and is reset by assigning Entry{}.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "stream/flow_key.h"

namespace peek {

template <typename Entry>
class FlowTable {
  public:
    explicit FlowTable(size_t most) : most_(most), slots_(1024, kEmpty) {}

    // The entry, now used, or null.
    Entry* find(const FlowKey& key, uint64_t hash) {
        for (size_t at = home(hash);; at = next(at)) {
            const uint32_t index = slots_[at].index;
            if (index == kNone) return nullptr;
            if (slots_[at].tag != tag(hash) || entries_[index]->key != key) continue;
            entries_[index]->touched = true;
            return entries_[index].get();
        }
    }
    bool full() const { return used_ == most_; }
    size_t size() const { return used_; }
    // Of a table that is not full; `key` is not in it.
    Entry& add(const FlowKey& key, uint64_t hash) {
        if (2 * (used_ + 1) > slots_.size()) grow();
        uint32_t index;
        if (!free_.empty()) {
            index = free_.back();
            free_.pop_back();
        } else {
            index = static_cast<uint32_t>(entries_.size());
            entries_.push_back(std::make_unique<Entry>());
        }
        Entry& entry = *entries_[index];
        entry.key = key;
        entry.hash = hash;
        entry.touched = true;
        place({tag(hash), index});
        ++used_;
        return entry;
    }
    // The entry that is to go next; `spared` is not chosen. Null if there is no other.
    Entry* next_to_go(const Entry* spared) {
        for (size_t steps = 0; steps < 2 * entries_.size() + 1; ++steps) {
            hand_ = hand_ + 1 < entries_.size() ? hand_ + 1 : 0;
            Entry& entry = *entries_[hand_];
            if (&entry == spared || entry.hash == kUnused) continue;
            if (!entry.touched) return &entry;
            entry.touched = false;
        }
        return nullptr;
    }
    // Forgets what next_to_go() returned.
    void erase(Entry& entry) {
        size_t at = home(entry.hash);
        while (slots_[at].index == kNone || entries_[slots_[at].index].get() != &entry)
            at = next(at);
        free_.push_back(slots_[at].index);
        close_gap(at);
        entry = Entry{};
        --used_;
    }
    template <typename Visit>
    void for_each(Visit visit) {
        for (const auto& entry : entries_)
            if (entry->hash != kUnused) visit(*entry);
    }
    void prefetch_slot(uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }
    // Of what stands in the slot; it may be another entry.
    void prefetch_entry(uint64_t hash) const {
        const uint32_t index = slots_[home(hash)].index;
        if (index == kNone) return;
        const auto* entry = reinterpret_cast<const char*>(entries_[index].get());
        for (size_t at = 0; at < sizeof(Entry); at += 64) __builtin_prefetch(entry + at);
    }

    static constexpr uint64_t kUnused = 0;  // no entry in use has this hash

  private:
    struct Slot {
        uint32_t tag;
        uint32_t index;
    };
    static constexpr uint32_t kNone = UINT32_MAX;
    static constexpr Slot kEmpty{0, kNone};

    // The tag's bits above the home's are what is left to compare.
    static uint32_t tag(uint64_t hash) { return static_cast<uint32_t>(hash); }
    size_t home(uint64_t hash) const { return tag(hash) & (slots_.size() - 1); }
    size_t next(size_t at) const { return (at + 1) & (slots_.size() - 1); }

    void place(Slot slot) {
        size_t at = home(slot.tag);
        while (slots_[at].index != kNone) at = next(at);
        slots_[at] = slot;
    }
    void grow() {
        std::vector<Slot> old(2 * slots_.size(), kEmpty);
        old.swap(slots_);
        for (const Slot& slot : old)
            if (slot.index != kNone) place(slot);
    }
    // Moves up what was placed behind its home because of the slot that is now free.
    void close_gap(size_t gap) {
        for (size_t at = next(gap); slots_[at].index != kNone; at = next(at)) {
            const size_t from_home = (at - home(slots_[at].tag)) & (slots_.size() - 1);
            const size_t from_gap = (at - gap) & (slots_.size() - 1);
            if (from_home < from_gap) continue;
            slots_[gap] = slots_[at];
            gap = at;
        }
        slots_[gap] = kEmpty;
    }

    size_t most_;
    size_t used_ = 0;
    size_t hand_ = 0;
    std::vector<Slot> slots_;  // linear probing, at most half full
    std::vector<std::unique_ptr<Entry>> entries_;
    std::vector<uint32_t> free_;
};

}  // namespace peek
