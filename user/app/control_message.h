// SPDX-License-Identifier: BSD-2-Clause
// Messages on the control socket: bytes with descriptors, ended by the sender's shutdown(2).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

struct ControlMessage {
    std::string body;
    std::vector<Fd> fds;
};

// Gathers one message from a peer who may send anything, at any pace.
class MessageReader {
  public:
    explicit MessageReader(size_t max_bytes) : max_bytes_(max_bytes) {}

    // Takes what one call of recvmsg(2) gives: on a blocking socket it waits for that, on another
    // one it never does. True once the message is whole.
    Result<bool> read(int socket);
    ControlMessage take() { return std::move(message_); }

  private:
    size_t max_bytes_;
    ControlMessage message_;
};

// Sends a whole message on a blocking socket and ends its sending direction. `fds` go with the
// first byte.
Result<void> send_message(int socket, std::string_view body, std::span<const int> fds);

// The monitor closed the connection before it replied, as one does that ends.
Error no_reply();

}  // namespace peek
