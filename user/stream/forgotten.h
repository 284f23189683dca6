// SPDX-License-Identifier: BSD-2-Clause
// Forgotten: which entries of a table went before their time, for a while, so that what comes for
// one of them later can be counted. By their hashes, the last kMost or so.
#pragma once

#include <cstdint>
#include <vector>

#include "util/time.h"

namespace peek {

class Forgotten {
  public:
    static constexpr size_t kMost = 4096;

    void note(uint64_t hash, Timestamp now) {
        if (notes_.empty()) notes_.resize(kMost);
        notes_[hash % kMost] = {hash, now};
    }
    // Whether it was noted within the last `age` of `now`, and that is asked for the first time.
    bool contains(uint64_t hash, Timestamp now, Nanoseconds age) {
        if (notes_.empty()) return false;
        Note& note = notes_[hash % kMost];
        if (note.hash != hash || hash == 0) return false;
        note.hash = 0;
        return now - note.time < age;
    }

  private:
    struct Note {
        uint64_t hash = 0;
        Timestamp time{};
    };
    std::vector<Note> notes_;
};

}  // namespace peek
