// SPDX-License-Identifier: BSD-2-Clause
// Promiscuous mode that ends with its holder: a packet socket's membership, which the kernel undoes
// when the process dies.
#pragma once

#include <cstdint>

#include "kernel/interface.h"
#include "util/result.h"

namespace peek {

class PromiscuousMode {
  public:
    // Opens the process's socket while it still has CAP_NET_RAW, for interfaces that appear when it
    // has not any more. join() does so too.
    static Result<void> prepare();
    static Result<PromiscuousMode> join(const InterfaceInfo& interface);

    PromiscuousMode(PromiscuousMode&& other) noexcept;
    PromiscuousMode& operator=(PromiscuousMode&& other) noexcept;
    ~PromiscuousMode();

  private:
    explicit PromiscuousMode(uint32_t ifindex) : ifindex_(ifindex) {}
    uint32_t ifindex_;  // 0: moved from
};

}  // namespace peek
