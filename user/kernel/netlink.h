// SPDX-License-Identifier: BSD-2-Clause
// Netlink: questions to the kernel's network configuration and their answers; what libbpf does not
// ask for us. One thread; a socket belongs to the network namespace it was opened in.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

using ByteSpan = std::span<const uint8_t>;

// One message, built front to back: header, fixed part, attributes.
class NetlinkRequest {
  public:
    NetlinkRequest(uint16_t type, uint16_t flags);
    template <typename T>
    NetlinkRequest& fixed(const T& value) {
        append(&value, sizeof value);
        return *this;
    }
    NetlinkRequest& attribute(uint16_t type, ByteSpan value);
    NetlinkRequest& attribute(uint16_t type, std::string_view text);  // with its final zero
    NetlinkRequest& attribute(uint16_t type, uint32_t value);
    // Attributes added between the two are inside; the value of open() goes to close().
    size_t open(uint16_t type);
    void close(size_t opened);

    ByteSpan bytes() const { return bytes_; }

  private:
    friend class Netlink;
    void append(const void* data, size_t size);
    std::vector<uint8_t> bytes_;
};

class Netlink {
  public:
    // NETLINK_ROUTE or NETLINK_GENERIC.
    static Result<Netlink> open(int protocol);

    // Sends the request and waits for the whole answer. `take` sees the payload of every message
    // of it, behind the netlink header. A refusal is an Error with the kernel's errno.
    using Take = std::function<void(ByteSpan payload)>;
    Result<void> ask(NetlinkRequest request, const Take& take = {});

  private:
    explicit Netlink(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
    uint32_t sequence_ = 0;
};

// Walks attributes; stops at the first one that does not fit.
void for_each_attribute(ByteSpan attributes,
                        const std::function<void(uint16_t type, ByteSpan value)>& take);
// An attribute's value as a number of its size (host byte order); 0 for other sizes.
uint64_t attribute_number(ByteSpan value);
std::string_view attribute_text(ByteSpan value);

}  // namespace peek
