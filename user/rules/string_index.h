// SPDX-License-Identifier: BSD-2-Clause
// StringIndex: where byte strings of a set occur in a text, all at once.
//
// Of each string of four bytes or more, the first few grams of four bytes are known. A string that
// begins at one of a few places in a row has such a gram at the last of them, so every few places
// of a text are looked at, without a branch for each. Where a gram is known, the beginnings of
// strings are looked up that may begin there, and what a bit table lets pass is compared: the
// strings that share a beginning stand in order, each knowing the longest other one that it begins
// with, so that all that match are met from one binary search. Shorter strings are found by their
// first byte.
//
// Linear in the text's bytes, but where strings begin: there, for the logarithm of how many share a
// beginning and for each that another begins with, up to their length is compared. So text that
// repeats one byte is slow where a long string does. Immutable once built; any number of threads.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "rules/byte_table.h"

namespace peek {

class StringIndex {
  public:
    // Of all that `strings` holds. It outlives the index, unchanged and where it is. None is empty.
    explicit StringIndex(const ByteTable& strings, bool fast_shifts = has_fast_shifts());
    // Whether the CPU has BMI2, whose shifts leave the flags alone: a quarter less time.
    static bool has_fast_shifts();

    // Calls visit(number, place) for each occurrence that begins at one of the first `places`
    // places of `text`, with the string's number in `strings`, until it returns false. In the order
    // of the places and longest first at one, but those of fewer than four bytes after the others.
    template <typename Visit>
    void find(std::span<const uint8_t> text, size_t places, Visit visit) const;

    uint64_t memory_bytes() const;

  private:
    static constexpr size_t kGram = 4;
    static constexpr uint32_t kNone = UINT32_MAX;

    // A blocked Bloom filter: two bits of one word for each key. Others pass, too: one in a few
    // hundred while there are no more than two keys a word.
    class Known {
      public:
        Known() = default;
        explicit Known(size_t keys);
        void add(uint64_t key);
        // In the lowest bit; the others say nothing.
        uint64_t test(uint64_t key) const {
            const uint64_t hash = key * kMultiplier;
            const uint64_t word = words_[hash >> shift_];
            return word >> (hash >> 34) % 64 & word >> (hash >> 28) % 64;
        }
        uint64_t memory_bytes() const { return words_.capacity() * sizeof(uint64_t); }

      private:
        unsigned shift_ = 0;
        std::vector<uint64_t> words_;
    };
    struct Range {
        uint32_t begin = 0;  // in sorted_
        uint32_t end = 0;
    };
    struct Slot {
        uint64_t key;
        Range range;  // empty: the slot is
    };
    struct Sorted {
        uint32_t number;
        uint32_t prefix;  // of the longest other string that this one begins with, in sorted_
    };

    // SplitMix64's increment: an odd number whose product's upper bits depend on all lower ones.
    static constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;

    static uint64_t gram_at(const uint8_t* bytes) {
        uint32_t gram;
        std::memcpy(&gram, bytes, kGram);
        return gram;
    }
    // The first beginning_ bytes at `place`, which `text` has. The product's upper bits then depend
    // on all of them.
    uint64_t beginning_at(std::span<const uint8_t> text, size_t place) const {
        static_assert(std::endian::native == std::endian::little);
        uint64_t beginning = 0;
        if (place + sizeof(beginning) <= text.size()) {
            std::memcpy(&beginning, text.data() + place, sizeof(beginning));
            beginning &= beginning_mask_;
        } else {
            std::memcpy(&beginning, text.data() + place, beginning_);
        }
        return beginning ^ beginning >> 32;
    }
    void add_range(uint64_t key, Range range);
    Range range_of(uint64_t key) const;
    void index_long(uint32_t begin);
    // The first place from `from` on, of `places`, where the beginning of a string stands; `places`
    // if there is none. Every place of a text with shortest_ bytes behind it may be asked for.
    size_t next_known(std::span<const uint8_t> text, size_t from, size_t places) const {
        return fast_shifts_ ? next_known_bmi2(text, from, places)
                            : next_known_plain(text, from, places);
    }
    size_t next_known_of(std::span<const uint8_t> text, size_t from, size_t places) const;
    size_t next_known_plain(std::span<const uint8_t> text, size_t from, size_t places) const;
    size_t next_known_bmi2(std::span<const uint8_t> text, size_t from, size_t places) const;
    template <typename Visit>
    bool visit_all(Range range, std::span<const uint8_t> text, size_t place, Visit& visit) const;
    uint32_t last_not_above(Range range, std::string_view text) const;

    const ByteTable& strings_;
    std::vector<Sorted> sorted_;  // those of fewer than four bytes, then the others
    size_t shortest_ = SIZE_MAX;  // of the others
    size_t step_ = 0;             // places from one look to the next; 0: there are no others
    size_t beginning_ = 0;        // bytes of a string that are its key
    uint64_t beginning_mask_ = 0;
    Known grams_;
    Known beginnings_;
    std::vector<Slot> slots_;            // by beginning; a power of two, at most half full
    std::array<Range, 256> by_first_{};  // those of fewer than four bytes
    bool has_short_ = false;
    bool fast_shifts_;
};

template <typename Visit>
void StringIndex::find(std::span<const uint8_t> text, size_t places, Visit visit) const {
    if (step_ != 0 && text.size() >= shortest_) {
        const size_t most = std::min(places, text.size() - shortest_ + 1);
        for (size_t place = next_known(text, 0, most); place < most;
             place = next_known(text, place + 1, most))
            if (!visit_all(range_of(beginning_at(text, place)), text, place, visit)) return;
    }
    if (!has_short_) return;
    for (size_t place = 0; place < std::min(places, text.size()); ++place)
        if (!visit_all(by_first_[text[place]], text, place, visit)) return;
}

template <typename Visit>
bool StringIndex::visit_all(Range range, std::span<const uint8_t> text, size_t place,
                            Visit& visit) const {
    if (range.begin == range.end) return true;
    const std::string_view rest(reinterpret_cast<const char*>(text.data()) + place,
                                text.size() - place);
    for (uint32_t at = last_not_above(range, rest); at != kNone; at = sorted_[at].prefix)
        if (rest.starts_with(strings_.key(sorted_[at].number)) && !visit(sorted_[at].number, place))
            return false;
    return true;
}

}  // namespace peek
