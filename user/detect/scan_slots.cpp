// SPDX-License-Identifier: BSD-2-Clause
#include "detect/scan_slots.h"

#include <algorithm>

namespace peek {
namespace {

bool meets(const ProbeInterval& slot, Timestamp start, Timestamp end) {
    return slot.first <= end && slot.last >= start;
}

// Unsigned, because the distance of two timestamps need not fit into one.
uint64_t distance(const ProbeInterval& slot, Timestamp t) {
    const auto ns = [](Timestamp time) { return static_cast<uint64_t>(to_ns(time)); };
    if (t < slot.first) return ns(slot.first) - ns(t);
    return t > slot.last ? ns(t) - ns(slot.last) : 0;
}

bool is_live(const ProbeInterval& slot, Timestamp t, Nanoseconds window) {
    return distance(slot, t) <= static_cast<uint64_t>(window.count());
}

}  // namespace

Timestamp shifted(Timestamp t, Nanoseconds by) {
    int64_t sum = 0;
    if (__builtin_add_overflow(to_ns(t), by.count(), &sum))
        return by.count() < 0 ? Timestamp::min() : Timestamp::max();
    return timestamp_from_ns(sum);
}

void ScanExtent::add(uint16_t port, Timestamp time) {
    ports.insert(port);
    first = std::min(first, time);
    last = std::max(last, time);
}

// One pass is enough: slots of the port are more than a window apart, so whatever is near the
// merged slot was near the added one.
bool ScanSlots::add(const ProbeInterval& probes, Timestamp now, Nanoseconds window) {
    ProbeInterval merged = probes;
    const Timestamp near_start = shifted(probes.first, -window);
    const Timestamp near_end = shifted(probes.last, window);
    std::erase_if(slots_, [&](const ProbeInterval& slot) {
        if (slot.port != probes.port || !meets(slot, near_start, near_end)) return false;
        merged.first = std::min(merged.first, slot.first);
        merged.last = std::max(merged.last, slot.last);
        return true;
    });
    if (slots_.size() == PEEK_SCAN_SLOTS) return replace_farthest(merged, now, window);
    slots_.push_back(merged);
    return true;
}

bool ScanSlots::replace_farthest(const ProbeInterval& added, Timestamp now, Nanoseconds window) {
    const auto farthest = std::max_element(slots_.begin(), slots_.end(),
                                           [now](const ProbeInterval& a, const ProbeInterval& b) {
                                               return distance(a, now) < distance(b, now);
                                           });
    if (distance(added, now) > distance(*farthest, now)) return !is_live(added, now, window);
    const bool lost_nothing = !is_live(*farthest, now, window);
    *farthest = added;
    return lost_nothing;
}

uint32_t ScanSlots::count_met(Timestamp start, Timestamp end) const {
    return static_cast<uint32_t>(
        std::count_if(slots_.begin(), slots_.end(),
                      [=](const ProbeInterval& slot) { return meets(slot, start, end); }));
}

// As a window moves later, its count rises only where its end reaches a slot: the earliest that
// qualifies is the first possible one or ends at a slot's beginning.
std::optional<Timestamp> ScanSlots::earliest_window(Timestamp time, const ScanRule& rule) const {
    const Timestamp first_start = shifted(time, -rule.window);
    if (count_met(first_start, shifted(time, rule.window)) < rule.ports) return std::nullopt;
    if (count_met(first_start, time) >= rule.ports) return first_start;
    std::optional<Timestamp> earliest;
    for (const ProbeInterval& slot : slots_) {
        const Timestamp start = shifted(slot.first, -rule.window);
        if (start <= first_start || start > time || (earliest && start >= *earliest)) continue;
        if (count_met(start, slot.first) >= rule.ports) earliest = start;
    }
    return earliest;
}

std::optional<ScanExtent> ScanSlots::crossing(Timestamp time, const ScanRule& rule) const {
    const std::optional<Timestamp> start = earliest_window(time, rule);
    if (!start) return std::nullopt;
    const Timestamp end = shifted(*start, rule.window);
    ScanExtent extent{{}, time, time};
    for (const ProbeInterval& slot : slots_) {
        if (!meets(slot, *start, end)) continue;
        extent.add(slot.port, slot.last);
        if (slot.first >= *start) extent.first = std::min(extent.first, slot.first);
    }
    return extent;
}

bool ScanSlots::live(Timestamp time, Nanoseconds window) const {
    return std::any_of(slots_.begin(), slots_.end(),
                       [=](const ProbeInterval& slot) { return is_live(slot, time, window); });
}

}  // namespace peek
