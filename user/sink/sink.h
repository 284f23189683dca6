// SPDX-License-Identifier: BSD-2-Clause
// Sink: somewhere that records, alerts and ledgers are written to.
#pragma once

#include <cstdint>
#include <string_view>

#include "alert/alert.h"
#include "alert/ledger.h"
#include "alert/record.h"
#include "util/result.h"

namespace peek {

// One thread at a time. A write never blocks the pipeline on an error: what could not be written
// is counted, reported once a cause, and tried again with the next write.
class Sink {
  public:
    virtual ~Sink() = default;
    virtual void write(const Record&) {}
    virtual void write(const Alert&) {}
    virtual void write(const Ledger&, Timestamp /*now*/) {}

    // Hands everything buffered to the operating system. Called once a batch and at the end.
    virtual void flush() {}
    // Opens the destination anew (SIGHUP, rotation). On failure the old one stays in use.
    virtual Result<void> reopen() { return {}; }
    // Once a second: notices that the file at the path was replaced.
    virtual void tick() {}

    // Lines that could not be written.
    virtual uint64_t lost() const { return lost_; }

  protected:
    void lost(uint64_t lines) { lost_ += lines; }

  private:
    uint64_t lost_ = 0;
};

}  // namespace peek
