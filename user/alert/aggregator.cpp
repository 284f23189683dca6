// SPDX-License-Identifier: BSD-2-Clause
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <limits>
#include <list>
#include <unordered_map>

#include "alert/alert.h"
#include "rules/hash_seed.h"

namespace peek {
namespace {

struct Key {
    Family type;
    IpAddress src;
    IpAddress dst;
    bool operator==(const Key&) const = default;
};

// Addresses are what an attacker chooses; the seed keeps them from choosing buckets.
struct KeyHash {
    uint64_t seed;
    size_t operator()(const Key& key) const {
        std::array<uint8_t, 16 + 16 + 3> bytes{};
        const auto src = key.src.bytes16();
        const auto dst = key.dst.bytes16();
        std::copy(src.begin(), src.end(), bytes.begin());
        std::copy(dst.begin(), dst.end(), bytes.begin() + 16);
        bytes[32] = key.src.version();
        bytes[33] = key.dst.version();
        bytes[34] = static_cast<uint8_t>(key.type);
        return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
    }
};

// `lost`: records of which only the number is known.
struct Amount {
    uint64_t count = 1;
    uint64_t lost = 0;
};

// An open window: `pending.count` records came after the alert that opened it.
struct Window {
    Alert pending;
    Nanoseconds deadline;
    uint64_t records = 0;  // the one that opened it included
};

}  // namespace

// Every window has the same length and `now_` never falls, so windows close in the order in which
// they opened: the list is sorted by deadline and closing costs O(1) a window.
struct Aggregator::State {
    using Queue = std::list<Window>;

    State(Options chosen, Emit target) : options(chosen), emit(std::move(target)) {}

    Options options;
    Emit emit;
    Nanoseconds now = Nanoseconds::min();
    Queue queue;
    std::unordered_map<Key, Queue::iterator, KeyHash> windows{64, KeyHash{hash_seed()}};
    std::array<Queue::iterator, kFamilyCount> overflow_windows{
        queue.end(), queue.end(), queue.end(), queue.end(), queue.end()};
    uint64_t counted = 0;
    uint64_t limited = 0;
    uint64_t overflowed = 0;

    void issue(const Alert& alert) {
        counted += alert.count;
        emit(alert);
    }
    // A window too long for the clock never closes by itself.
    Nanoseconds after(Nanoseconds start) const {
        return start > Nanoseconds::max() - options.window ? Nanoseconds::max()
                                                           : start + options.window;
    }
    Queue::iterator find(const Key& key, bool& overflow);
    Queue::iterator open(const Key& key, bool overflow);
    Queue::iterator add(const Record& record, Nanoseconds now, Amount amount);
    void close_or_renew(Queue::iterator window);
    void forget(Queue::iterator window);
    void advance(Nanoseconds to);
    bool within_limit(Window& window);
};

namespace {

void count_record(Alert& alert, const Record& record, Amount amount) {
    const Timestamp time = record.packet.time;
    alert.first = alert.count == 0 ? time : std::min(alert.first, time);
    alert.last = alert.count == 0 ? time : std::max(alert.last, time);
    alert.rule = record.rule;
    alert.text = describe(record);
    alert.interface = record.interface;
    alert.sensor = record.sensor;
    alert.count += amount.count;
    alert.lost += amount.lost;
}

Alert empty_alert(const Key& key, bool overflow) {
    Alert alert;
    alert.type = key.type;
    alert.overflow = overflow;
    if (overflow) return alert;
    alert.src = key.src;
    alert.dst = key.dst;
    return alert;
}

}  // namespace

Aggregator::State::Queue::iterator Aggregator::State::find(const Key& key, bool& overflow) {
    const auto found = windows.find(key);
    overflow = found == windows.end() && windows.size() >= options.max_keys;
    if (overflow) return overflow_windows[static_cast<size_t>(key.type)];
    return found == windows.end() ? queue.end() : found->second;
}

Aggregator::State::Queue::iterator Aggregator::State::open(const Key& key, bool overflow) {
    const auto window = queue.insert(queue.end(), {empty_alert(key, overflow), after(now), 0});
    if (overflow)
        overflow_windows[static_cast<size_t>(key.type)] = window;
    else
        windows.emplace(key, window);
    return window;
}

void Aggregator::State::forget(Queue::iterator window) {
    const Alert& alert = window->pending;
    if (alert.overflow)
        overflow_windows[static_cast<size_t>(alert.type)] = queue.end();
    else
        windows.erase({alert.type, alert.src, alert.dst});
    queue.erase(window);
}

void Aggregator::State::close_or_renew(Queue::iterator window) {
    if (window->pending.count == 0) return forget(window);
    issue(window->pending);
    window->pending.count = window->pending.limited = window->pending.lost = window->records = 0;
    // From the old deadline, not from now: a file may jump over both windows at once.
    window->deadline = after(window->deadline);
    queue.splice(queue.end(), queue, window);
}

void Aggregator::State::advance(Nanoseconds to) {
    now = std::max(now, to);
    while (!queue.empty() && queue.front().deadline <= now &&
           queue.front().deadline != Nanoseconds::max())
        close_or_renew(queue.begin());
}

bool Aggregator::State::within_limit(Window& window) {
    if (++window.records <= options.log_limit || options.log_limit == 0) return true;
    ++window.pending.limited;
    ++limited;
    return false;
}

Aggregator::Aggregator(Options options, Emit emit)
    : state_(std::make_unique<State>(options, std::move(emit))) {}
Aggregator::~Aggregator() = default;

// The first alert of a key stands for one record, however many come at once. Returns the window
// that was counted in; none where every record alerts.
Aggregator::State::Queue::iterator Aggregator::State::add(const Record& record, Nanoseconds time,
                                                          Amount amount) {
    advance(time);
    const Key key{record.type, record.packet.src, record.packet.dst};
    if (options.window <= Nanoseconds::zero()) {
        Alert alert = empty_alert(key, false);
        alert.summary = amount.count > 1;
        count_record(alert, record, amount);
        issue(alert);
        return queue.end();
    }
    bool overflow = false;
    auto window = find(key, overflow);
    if (overflow) overflowed += amount.count;
    if (window == queue.end()) {
        window = open(key, overflow);
        Alert first = window->pending;
        count_record(first, record, {1, amount.lost != 0 ? 1U : 0U});
        issue(first);
        amount.count -= first.count;
        amount.lost -= first.lost;
    }
    if (amount.count == 0) return window;
    window->pending.summary = true;
    count_record(window->pending, record, amount);
    return window;
}

bool Aggregator::add(const Record& record, Nanoseconds now) {
    const auto window = state_->add(record, now, {});
    return window == state_->queue.end() || state_->within_limit(*window);
}

void Aggregator::add_lost(const Record& like, uint64_t count, Nanoseconds now) {
    if (count != 0) state_->add(like, now, {count, count});
}

void Aggregator::advance(Nanoseconds now) {
    state_->advance(now);
}

void Aggregator::flush() {
    State& state = *state_;
    while (!state.queue.empty()) {
        const auto window = state.queue.begin();
        if (window->pending.count > 0) state.issue(window->pending);
        state.forget(window);
    }
}

uint64_t Aggregator::counted() const {
    return state_->counted;
}
uint64_t Aggregator::limited() const {
    return state_->limited;
}
uint64_t Aggregator::overflowed() const {
    return state_->overflowed;
}

}  // namespace peek
