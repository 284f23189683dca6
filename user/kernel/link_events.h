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

class LinkEvents {
  public:
    static Result<LinkEvents> open();

    int fd() const { return socket_.get(); }  // readable: something changed

    // Takes all waiting events. Returns the indices of interfaces that went into another network
    // namespace; an interface that is gone for another reason was removed.
    std::vector<uint32_t> take();

  private:
    explicit LinkEvents(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
};

}  // namespace peek
