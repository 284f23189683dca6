// SPDX-License-Identifier: BSD-2-Clause
// The rings of a live monitor as a PacketSource. Records are copied out of them, so that their room
// is free again before they are inspected.
#pragma once

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

    // `readers` must outlive the source.
    explicit RingSource(const Readers& readers);
    ~RingSource() override;

    // Names the interface behind `index`, 0 … PEEK_MAX_INTERFACES - 1, before its packets arrive.
    // One that took the place of an older one may share its index: packets of both are then its.
    // From any thread.
    void set_interface(uint32_t index, uint32_t ifindex, std::string name);
    // From any thread; for packets that are taken from now on.
    void rename_interface(uint32_t index, std::string name);
    // UTC minus the kernel's packet clock, as measured when that clock stood at `since`. Packets
    // from before it keep the offset set before.
    void set_wall_offset(Nanoseconds since, Nanoseconds offset);

    Batch next() override;
    const std::optional<Error>& error() const override;
    uint64_t bytes_dropped() const override;
    std::string_view interface_name(uint32_t index) const override;
    std::string_view file_name() const override { return {}; }

    // Records that became packets, by interface index and hook. From any thread.
    uint64_t delivered(uint32_t index, Hook hook) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace peek
