// SPDX-License-Identifier: BSD-2-Clause
#include "rules/string_index.h"

#include <algorithm>
#include <bit>

#include "util/bytes.h"

namespace peek {
namespace {

constexpr size_t kLongestBeginning = 8;
// A longer step would save little more and fill the table of grams.
constexpr size_t kLongestStep = 5;
// So many looks are taken without a branch for each: hardly any gram is known.
constexpr size_t kLooks = 8;
// More than 256 KiB would not stay in the cache: with more keys, more pass.
constexpr size_t kMostWords = 1 << 15;

}  // namespace

StringIndex::Known::Known(size_t keys)
    : words_(std::clamp(std::bit_ceil(keys / 2), size_t{2}, kMostWords)) {
    shift_ = static_cast<unsigned>(64 - std::countr_zero(words_.size()));
}

void StringIndex::Known::add(uint64_t key) {
    const uint64_t hash = key * kMultiplier;
    words_[hash >> shift_] |= uint64_t{1} << (hash >> 34) % 64 | uint64_t{1} << (hash >> 28) % 64;
}

#if defined(__x86_64__)
#define PEEK_WITH_BMI2 [[gnu::target("bmi2")]]
bool StringIndex::has_fast_shifts() {
    return __builtin_cpu_supports("bmi2") != 0;
}
#else
#define PEEK_WITH_BMI2
bool StringIndex::has_fast_shifts() {
    return false;
}
#endif

StringIndex::StringIndex(const ByteTable& strings, bool fast_shifts)
    : strings_(strings), fast_shifts_(fast_shifts) {
    sorted_.resize(strings.size());
    for (uint32_t i = 0; i < strings.size(); ++i) sorted_[i] = {i, kNone};
    std::sort(sorted_.begin(), sorted_.end(), [&](const Sorted& a, const Sorted& b) {
        const std::string_view x = strings.key(a.number);
        const std::string_view y = strings.key(b.number);
        const bool x_long = x.size() >= kGram;
        const bool y_long = y.size() >= kGram;
        return x_long != y_long ? y_long : x < y;
    });
    const auto first_long =
        std::partition_point(sorted_.begin(), sorted_.end(),
                             [&](const Sorted& s) { return strings.key(s.number).size() < kGram; });
    const auto begin = static_cast<uint32_t>(first_long - sorted_.begin());
    has_short_ = begin != 0;
    // What a string begins with is the one before it, or what that one begins with.
    for (uint32_t i = 1; i < sorted_.size(); ++i) {
        if (i == begin) continue;
        uint32_t prefix = i - 1;
        while (prefix != kNone &&
               !strings.key(sorted_[i].number).starts_with(strings.key(sorted_[prefix].number)))
            prefix = sorted_[prefix].prefix;
        sorted_[i].prefix = prefix;
    }
    for (uint32_t i = 0; i < begin; ++i) {
        Range& range = by_first_[static_cast<uint8_t>(strings.key(sorted_[i].number)[0])];
        if (range.begin == range.end) range.begin = i;
        range.end = i + 1;
    }
    if (begin != sorted_.size()) index_long(begin);
}

void StringIndex::index_long(uint32_t begin) {
    for (uint32_t i = begin; i < sorted_.size(); ++i)
        shortest_ = std::min(shortest_, strings_.key(sorted_[i].number).size());
    step_ = std::min(shortest_ - kGram + 1, kLongestStep);
    beginning_ = std::min(shortest_, kLongestBeginning);
    beginning_mask_ = ~uint64_t{0} >> (64 - 8 * beginning_);
    const size_t count = sorted_.size() - begin;
    grams_ = Known(count * step_);
    beginnings_ = Known(count);
    slots_.resize(std::bit_ceil(2 * count));
    Range range{begin, begin};
    for (uint32_t i = begin; i < sorted_.size(); ++i) {
        const auto bytes = as_bytes(strings_.key(sorted_[i].number));
        for (size_t at = 0; at < step_; ++at) grams_.add(gram_at(bytes.data() + at));
        const uint64_t key = beginning_at(bytes, 0);
        beginnings_.add(key);
        range.end = i + 1;
        if (i + 1 != sorted_.size() &&
            beginning_at(as_bytes(strings_.key(sorted_[i + 1].number)), 0) == key)
            continue;
        add_range(key, range);
        range.begin = i + 1;
    }
}

void StringIndex::add_range(uint64_t key, Range range) {
    size_t at = key * kMultiplier >> 32 & (slots_.size() - 1);
    while (slots_[at].range.begin != slots_[at].range.end) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {key, range};
}

StringIndex::Range StringIndex::range_of(uint64_t key) const {
    size_t at = key * kMultiplier >> 32 & (slots_.size() - 1);
    while (slots_[at].range.begin != slots_[at].range.end && slots_[at].key != key)
        at = (at + 1) & (slots_.size() - 1);
    return slots_[at].range;
}

[[gnu::always_inline]] inline size_t StringIndex::next_known_of(std::span<const uint8_t> text,
                                                                size_t from, size_t places) const {
    const size_t end = std::min(places + step_ - 1, text.size() - kGram + 1);
    for (size_t at = from / step_ * step_ + step_ - 1; at < end;) {
        const size_t first = at;
        const size_t stop = std::min(end, at + kLooks * step_);
        uint64_t passes = 0;
        for (; at < stop; at += step_) passes |= grams_.test(gram_at(text.data() + at));
        if ((passes & 1) == 0) continue;
        for (size_t look = first; look < at; look += step_) {
            if ((grams_.test(gram_at(text.data() + look)) & 1) == 0) continue;
            const size_t last = std::min(look, places - 1);
            for (size_t place = std::max(from, look - (step_ - 1)); place <= last; ++place)
                if ((beginnings_.test(beginning_at(text, place)) & 1) != 0) return place;
        }
    }
    return places;
}

size_t StringIndex::next_known_plain(std::span<const uint8_t> text, size_t from,
                                     size_t places) const {
    return next_known_of(text, from, places);
}

PEEK_WITH_BMI2 size_t StringIndex::next_known_bmi2(std::span<const uint8_t> text, size_t from,
                                                   size_t places) const {
    return next_known_of(text, from, places);
}

// All strings of the range that `text` begins with are this one or among its prefixes.
uint32_t StringIndex::last_not_above(Range range, std::string_view text) const {
    const auto first = sorted_.begin() + range.begin;
    const auto above =
        std::partition_point(first, sorted_.begin() + range.end,
                             [&](const Sorted& s) { return strings_.key(s.number) <= text; });
    return above == first ? kNone : static_cast<uint32_t>(above - sorted_.begin()) - 1;
}

uint64_t StringIndex::memory_bytes() const {
    return grams_.memory_bytes() + beginnings_.memory_bytes() + slots_.capacity() * sizeof(Slot) +
           sorted_.capacity() * sizeof(Sorted);
}

}  // namespace peek
