// SPDX-License-Identifier: BSD-2-Clause
// The two ways of a packet to its record: a capture file read by the engine, and the same frames
// with the same times through a BPF program, its ring and the ring source into the same engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alert/ledger.h"
#include "kernel/program.h"
#include "kernel/ring.h"
#include "rules/rule_set.h"
#include "source/packet_source.h"
#include "source/ring_source.h"

namespace peek::test {

struct CapturedFrame {
    Timestamp time;
    LinkType link;
    std::vector<uint8_t> bytes;
};

// Records as JSON lines without what differs by design (in_iface, pcap_*, hook), sorted.
using RecordLines = std::vector<std::string>;

// Every frame of a capture; fails the test when the file cannot be read whole.
std::vector<CapturedFrame> read_capture(const std::string& path);

RecordLines records_of_file_path(const std::vector<CapturedFrame>& frames, const RuleSets& rules);

// One loaded program and rule set, through which many sequences of frames can be sent.
class LivePath {
  public:
    LivePath(ProgramKind kind, LinkType link, const RuleSets& rules);

    // Sends the frames with their own packet times and returns the records of a fresh engine.
    RecordLines records(const std::vector<CapturedFrame>& frames);
    // What the programs counted since construction, and what came out of the ring.
    LedgerEntry ledger() const;

  private:
    void send(const CapturedFrame& frame);

    ProgramKind kind_;
    RuleSets rules_;
    std::unique_ptr<KernelProgram> program_;
    uint32_t slot_ = 0;
    RingSource::Readers readers_;
    std::unique_ptr<RingSource> source_;
};

}  // namespace peek::test
