// SPDX-License-Identifier: BSD-2-Clause
// Forgotten: which entries a table gave up lately, by their hashes, so that what comes for one of
// them can be counted. There are kMost places: of two entries for one place the earlier is lost;
// none is invented but by equal hashes. Hash 0 is not noted. Times are packet times. One thread.
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
    // Whether it was noted within the last `age` of `now`. It is then no more.
    bool take(uint64_t hash, Timestamp now, Nanoseconds age) {
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
