// SPDX-License-Identifier: BSD-2-Clause
#include "rules/gram_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace peek {
namespace {

constexpr size_t kGram = 4;
// A longer step would save little more and fill the filter.
constexpr size_t kLongestStep = 5;
// A Bloom filter in words of 64 bits, each gram two bits of one word. With four to eight grams a
// word less than one in fifty passes that is none; beyond 256 KiB more do.
constexpr size_t kGramsPerWord = 4;
constexpr size_t kMostWords = 32'768;

// Its upper bits choose the word, others the two bits.
uint64_t hash_of(const uint8_t* gram) {
    uint32_t bytes;
    std::memcpy(&bytes, gram, kGram);
    return bytes * uint64_t{0x9e3779b97f4a7c15};
}
unsigned first_bit(uint64_t hash) {
    return hash >> 40 & 63;
}
unsigned second_bit(uint64_t hash) {
    return hash >> 34 & 63;
}

}  // namespace

GramFilter::GramFilter(size_t strings, size_t shortest) {
    if (shortest < kGram) return;
    step_ = std::min(shortest - kGram + 1, kLongestStep);
    const size_t words = std::min(std::bit_ceil(strings * step_ / kGramsPerWord + 2), kMostWords);
    words_.assign(words, 0);
    shift_ = static_cast<unsigned>(64 - std::countr_zero(words));
}

void GramFilter::add(std::string_view string) {
    for (size_t at = 0; at < step_; ++at) {
        const uint64_t hash = hash_of(reinterpret_cast<const uint8_t*>(string.data()) + at);
        words_[hash >> shift_] |= uint64_t{1} << first_bit(hash) | uint64_t{1} << second_bit(hash);
    }
}

// Of step_ places in a row, at one stands a gram that is known of a string which begins at the
// first of them. Without a branch for each: hardly any passes.
bool GramFilter::may_hold(std::span<const uint8_t> text, size_t places) const {
    if (step_ == 0) return true;
    if (text.size() < kGram + step_ - 1) return false;
    const size_t end = std::min(places + step_ - 1, text.size() - kGram + 1);
    uint64_t passes = 0;
    for (size_t at = step_ - 1; at < end; at += step_) {
        const uint64_t hash = hash_of(text.data() + at);
        const uint64_t word = words_[hash >> shift_];
        passes |= word >> first_bit(hash) & word >> second_bit(hash);
    }
    return (passes & 1) != 0;
}

}  // namespace peek
