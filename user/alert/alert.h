// SPDX-License-Identifier: BSD-2-Clause
// Aggregator: turns records into the few alerts a person reads.
//
// A key is (source, destination, traffic type). Its first record alerts with count 1 and opens a
// window. When the window closes, a summary with the further count, if there was any, opens the
// next one; a window without records closes the key. Whatever is pending is flushed at the end, so
// that the counts of all alerts add up to the number of records.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "alert/record.h"
#include "util/ip_address.h"
#include "util/time.h"

namespace peek {

struct Alert {
    Family type = Family::kIp;
    IpAddress src;
    IpAddress dst;
    uint64_t count = 0;     // records that this alert stands for, and
    uint64_t lost = 0;      // of them: decisions of the kernel that no record tells of
    uint64_t limited = 0;   // of them: not logged, see Aggregator::Options::log_limit
    bool summary = false;   // false: the record that opened the window; true: those that followed
    bool overflow = false;  // stands for keys beyond the bound: src and dst are empty
    Timestamp first{};      // packet time of the earliest record counted here
    Timestamp last{};       // and of the latest
    std::string rule;       // of the last record counted
    std::string text;       // describe() of the last record counted
    std::string interface;  // live only
    std::string sensor;     // empty: none was named
};

// One thread. What Emit captures must outlive the aggregator.
class Aggregator {
  public:
    using Emit = std::function<void(const Alert&)>;
    struct Options {
        Nanoseconds window = std::chrono::minutes(5);  // 0: every record alerts
        size_t max_keys = 65'536;
        // Records a key and window that are logged; 0: all. Needs a window.
        uint64_t log_limit = 0;
    };

    Aggregator(Options options, Emit emit);
    ~Aggregator();

    // `now` is any clock that the caller keeps to: monotonic time live, the highest packet time of
    // a file. Windows that `now` has passed are closed first. A `now` that steps back counts in
    // the open windows. False: the record is counted, but beyond the limit, and not to be logged.
    bool add(const Record& record, Nanoseconds now);
    // `count` records whose evidence was lost; `like` is what can still be said of them.
    void add_lost(const Record& like, uint64_t count, Nanoseconds now);
    void advance(Nanoseconds now);
    void flush();  // emits whatever is pending; keys are closed

    uint64_t counted() const;     // sum of the counts of all alerts emitted
    uint64_t limited() const;     // records that were not to be logged
    uint64_t overflowed() const;  // records that went to an overflow key

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace peek
