// SPDX-License-Identifier: BSD-2-Clause
// ByteTable: distinct byte strings, numbered in the order of their insertion. A flat hash table
// (XXH3, seeded, linear probing, at most half full) over one buffer of keys: no allocation per
// key. Lookups are const and may run on many threads once insertions are over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace peek {

class ByteTable {
  public:
    static constexpr uint32_t kAbsent = UINT32_MAX;

    // Room for so many keys with so many bytes together.
    void reserve(size_t keys, size_t bytes);
    // The number of the key, or kAbsent.
    uint32_t find(std::string_view key) const;
    // Adds a key under the number size(). False when it is there already.
    bool insert(std::string_view key);

    uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
    // Valid until the next insertion.
    std::string_view key(uint32_t number) const;
    uint64_t memory_bytes() const;

  private:
    struct Slot {
        uint32_t tag = 0;  // upper half of the key's hash: spares most comparisons
        uint32_t number = kAbsent;
    };

    // The slot that holds the key, or the empty one where it belongs.
    size_t locate(std::string_view key, uint64_t hash) const;
    void rehash(size_t slots);

    std::vector<Slot> slots_;  // a power of two, or empty
    std::string bytes_;
    std::vector<uint32_t> ends_;  // bytes_[ends_[i-1] … ends_[i]) is key i
};

}  // namespace peek
