// SPDX-License-Identifier: BSD-2-Clause
// PortSet: a set of ports as ascending ranges. Its memory is proportional to what was inserted (a
// bitmap's 8 KiB a scan could be had for the price of a few SYNs) and at most 128 KiB.
#pragma once

#include <cstdint>
#include <vector>

#include "detect/match.h"

namespace peek {

class PortSet {
  public:
    void insert(uint16_t port);
    uint32_t size() const { return size_; }
    // Ascending, disjoint, not adjacent.
    const std::vector<PortRange>& ranges() const { return ranges_; }

  private:
    std::vector<PortRange> ranges_;
    uint32_t size_ = 0;
};

}  // namespace peek
