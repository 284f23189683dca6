// SPDX-License-Identifier: BSD-2-Clause
// LinkEvents: the kernel's news of interfaces of this network namespace (rtnetlink). An event says
// that something changed; what is now so is asked of the kernel (interface.h, Attachment), because
// events are lost when they come faster than they are read.
#pragma once

#include <cstdint>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

// What the kernel said of interfaces that left this namespace, by index. It says so last of all:
// the interface can no longer be found some time before (tens of milliseconds are common).
struct Farewells {
    std::vector<uint32_t> moved;    // into another network namespace
    std::vector<uint32_t> removed;  // from the machine
};

class LinkEvents {
  public:
    static Result<LinkEvents> open();

    int fd() const { return socket_.get(); }  // readable: something changed

    // Takes all waiting events.
    Farewells take();

  private:
    explicit LinkEvents(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
};

}  // namespace peek
