// SPDX-License-Identifier: BSD-2-Clause
// What one network interface means for a monitor. Asks only; changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/interface.h"
#include "util/result.h"

namespace peek {

// A BPF program on the interface.
struct ProgramOnInterface {
    enum class Where : uint8_t {
        kXdp,
        kTcxIngress,
        kTcxEgress,
        kClsactIngress,
        kClsactEgress,
    };
    Where where = Where::kXdp;
    uint32_t id = 0;
    std::string description;  // "program xdp_filter (id 12, pid 345 xdp-filter)"
    bool ours = false;
};

// Absent: the driver or the kernel does not tell.
struct InterfaceFacts {
    InterfaceInfo info;
    bool up = false;
    bool bond = false;
    std::string driver;                    // as ethtool -i says; may be empty
    std::optional<uint64_t> xdp_features;  // enum netdev_xdp_act of linux/netdev.h
    std::optional<bool> lro;
    std::optional<bool> gro;
    std::optional<bool> rx_vlan;  // the NIC strips VLAN tags
    uint32_t combined = 0;        // queues in use that receive and send
    uint32_t max_combined = 0;
    std::vector<ProgramOnInterface> programs;
};

// enum netdev_xdp_act, for headers before 6.3.
inline constexpr uint64_t kXdpActBasic = 1 << 0;
inline constexpr uint64_t kXdpActRxSg = 1 << 5;  // takes programs that know fragments

// Whether the driver is known to rebuild its queues when a first XDP program is attached or the
// last one detached. Frames that arrive meanwhile are lost, and some links go down for a moment.
bool resets_queues_on_xdp(std::string_view driver);

// Usage errors as find_interface().
Result<InterfaceFacts> probe_interface(const std::string& name);

}  // namespace peek
