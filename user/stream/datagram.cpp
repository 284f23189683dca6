// SPDX-License-Identifier: BSD-2-Clause
#include "stream/datagram.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace peek {

bool Datagram::add(const FragmentFacts& fragment, uint64_t ordinal, StreamCounts& counts) {
    const size_t before = extent();
    take(fragment, ordinal, counts);
    return extent() != before;
}

void Datagram::take(const FragmentFacts& fragment, uint64_t ordinal, StreamCounts& counts) {
    // All but the last are multiples of eight bytes; of others, Linux takes so much.
    const size_t stated = fragment.more ? fragment.stated_len / kUnit * kUnit : fragment.stated_len;
    if (stated == 0 || fragment.offset + stated > kMaxBytes)
        return counts.count(StreamEvent::kFragmentBadLength);
    std::span<const uint8_t> bytes =
        fragment.bytes.first(std::min<size_t>(fragment.bytes.size(), stated));
    if (bytes.size() < stated) {
        counts.count(StreamEvent::kFragmentCut);
        bytes = bytes.first(bytes.size() / kUnit * kUnit);
    }
    if (packets_.size() < kMaxNeeds) packets_.push_back(ordinal);
    if (fragment.offset == 0) {
        if (!std::exchange(has_first_, true)) protocol_ = fragment.protocol;
        // Only IPv6 lets it differ. It is read as the first one says.
        if (protocol_ != fragment.protocol) counts.count(StreamEvent::kFragmentReadingsCapped);
    }
    if (!fragment.more) add_end(fragment.offset + stated, counts);
    place(fragment.offset, bytes, counts);
}

void Datagram::add_end(size_t end, StreamCounts& counts) {
    if (std::find(ends_.begin(), ends_.end(), end) != ends_.end()) return;
    if (!ends_.empty()) counts.count(StreamEvent::kFragmentOverlapDiffers);
    if (ends_.size() == kMaxEnds) return counts.count(StreamEvent::kFragmentReadingsCapped);
    ends_.push_back(end);
}

// Stretch by stretch: bytes that are new, or bytes that lie in one earlier fragment, since a stack
// may take the old ones of one and the new ones of the next.
void Datagram::place(size_t offset, std::span<const uint8_t> bytes, StreamCounts& counts) {
    const size_t end = offset + bytes.size();
    const size_t known = bytes_.size();
    if (bytes_.size() < end) bytes_.resize(end);
    const size_t end_unit = (end + kUnit - 1) / kUnit;
    if (units_.size() < end_unit) units_.resize(end_unit);
    bool differs = false;
    for (size_t unit = offset / kUnit; unit < end_unit;) {
        const bool old = has(unit);
        size_t next = unit + 1;
        while (next < end_unit && has(next) == old && !(old && (units_[next] & kFirst) != 0))
            ++next;
        const size_t from = unit * kUnit;
        const size_t to = std::min(next * kUnit, end);
        const uint8_t* given = bytes.data() + (from - offset);
        const size_t same_end = old ? std::min(to, std::max(known, from)) : from;
        if (std::memcmp(bytes_.data() + from, given, same_end - from) != 0) {
            differs = true;
            if (differing_.size() < kMaxDiffering)
                differing_.push_back({from, {given, given + (to - from)}});
            else
                counts.count(StreamEvent::kFragmentReadingsCapped);
        }
        std::memcpy(bytes_.data() + same_end, given + (same_end - from), to - same_end);
        if (!old) {
            std::fill_n(units_.begin() + static_cast<std::ptrdiff_t>(unit), next - unit, kHas);
            units_[unit] |= kFirst;
            count_ += next - unit;
        }
        unit = next;
    }
    if (differs) counts.count(StreamEvent::kFragmentOverlapDiffers);
}

bool Datagram::holds_up_to(size_t end) const {
    const size_t units = (end + kUnit - 1) / kUnit;
    if (bytes_.size() < end || count_ < units) return false;
    return std::all_of(units_.begin(), units_.begin() + static_cast<std::ptrdiff_t>(units),
                       [](uint8_t unit) { return (unit & kHas) != 0; });
}

bool Datagram::complete() const {
    return has_first_ &&
           std::any_of(ends_.begin(), ends_.end(), [this](size_t end) { return holds_up_to(end); });
}

std::vector<std::vector<uint8_t>> Datagram::readings(StreamCounts& counts) const {
    std::vector<std::vector<uint8_t>> readings;
    const size_t choices = std::min(differing_.size(), kMaxChoices);
    if (differing_.size() > kMaxChoices) counts.count(StreamEvent::kFragmentReadingsCapped);
    for (const size_t end : ends_) {
        if (!holds_up_to(end)) continue;
        for (size_t chosen = 0; chosen < size_t{1} << choices; ++chosen) {
            std::vector<uint8_t> bytes = bytes_;
            for (size_t i = 0; i < differing_.size(); ++i) {
                if ((chosen >> std::min(i, choices - 1) & 1) == 0) continue;
                const auto& stretch = differing_[i];
                std::copy(stretch.bytes.begin(), stretch.bytes.end(),
                          bytes.begin() + static_cast<std::ptrdiff_t>(stretch.offset));
            }
            bytes.resize(end);
            if (std::find(readings.begin(), readings.end(), bytes) == readings.end())
                readings.push_back(std::move(bytes));
        }
    }
    return readings;
}

size_t Datagram::memory_bytes() const {
    size_t bytes = sizeof(*this) + bytes_.capacity() + units_.capacity() +
                   packets_.capacity() * sizeof(uint64_t) +
                   differing_.capacity() * sizeof(Differing);
    for (const Differing& stretch : differing_) bytes += stretch.bytes.capacity();
    return bytes;
}

}  // namespace peek
