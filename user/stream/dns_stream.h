// SPDX-License-Identifier: BSD-2-Clause
// DnsStream: the messages in one direction of a TCP connection on a DNS port, each behind its
// two-byte length (RFC 1035 §4.2.2), read segment by segment.
//
// The stream is taken to begin with a length. While a message is incomplete, every segment is
// also read on its own, as if it began with a length, because the stream may have been picked up in
// the middle of a message: what is whole there is given out too, and a segment that is nothing but
// whole messages sets the stream right. A message may so be given out twice, with the same
// sequence number. A message is copied only when segments split it; at most 65,537 bytes are held.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/dns.h"

namespace peek {

class DnsStream {
  public:
    class Visitor {
      public:
        virtual ~Visitor() = default;
        // `begin`: sequence number of its length.
        virtual void on_message(std::span<const uint8_t> message, uint32_t begin) = 0;
        virtual void on_dns_event(DnsEvent event) = 0;
    };

    void feed(std::span<const uint8_t> segment, uint32_t seq, Visitor& visitor);
    // Nothing follows: an incomplete message is counted.
    void finish(Visitor& visitor);

    bool idle() const { return kept_.empty(); }
    uint32_t needed_from(uint32_t end) const {
        return end - static_cast<uint32_t>(kept_.size());
    }
    size_t memory_bytes() const { return kept_.capacity(); }

  private:
    std::vector<uint8_t> kept_;  // an incomplete message with its length
};

}  // namespace peek
