// SPDX-License-Identifier: BSD-2-Clause
// The rings of a live monitor as a PacketSource. Packets are read where they stand in the rings;
// their room is given back by commit(), once what they caused is written.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernel/ring.h"
#include "source/packet_source.h"

namespace peek {

class RingSource final : public PacketSource {
  public:
    using Readers = std::vector<std::unique_ptr<RingReader>>;
    using Positions = std::array<uint64_t, PEEK_MAX_RINGS>;  // of rings that are not there: 0

    // `readers` must outlive the source.
    explicit RingSource(const Readers& readers);
    ~RingSource() override;

    // Names the interface behind `index`, 0 … PEEK_MAX_INTERFACES - 1, before its packets arrive.
    // One that took the place of an older one may share its index: packets of both are then its.
    // From any thread.
    void set_interface(uint32_t index, uint32_t ifindex, std::string name);
    // From any thread; for packets that are taken from now on.
    void rename_interface(uint32_t index, std::string name);
    // The index of an interface; on the consuming thread.
    std::optional<uint32_t> index_of(uint32_t ifindex);
    // UTC minus the kernel's packet clock, as measured when that clock stood at `since`. Packets
    // from before it keep the offset set before.
    void set_wall_offset(Nanoseconds since, Nanoseconds offset);

    // Packets whose record stands before these positions are marked as replayed.
    void set_replayed_before(const Positions& positions);

    // A packet's bytes are valid until commit().
    Batch next() override;
    // True when next() has returned all that was taken out of the rings so far.
    bool batch_done() const;
    // How far the rings were read, and the largest part of a ring that is taken and not given back.
    Positions taken() const;
    double uncommitted_part() const;
    // Gives the room of everything taken back. Only when batch_done().
    void commit();

    // Where the next records will be, and whether everything before a position was given back.
    Positions produced() const;
    bool committed_up_to(const Positions& positions) const;

    const std::optional<Error>& error() const override;
    uint64_t bytes_dropped() const override;
    std::string_view interface_name(uint32_t index) const override;
    std::string_view file_name(uint32_t) const override { return {}; }

    // Records that became packets, and that were not understood, by interface index and hook; they
    // begin at what an earlier controller counted. From any thread.
    uint64_t delivered(uint32_t index, Hook hook) const;
    uint64_t not_understood(uint32_t index, Hook hook) const;
    void set_counted(uint32_t index, Hook hook, uint64_t delivered, uint64_t not_understood);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace peek
