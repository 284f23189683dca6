// SPDX-License-Identifier: BSD-2-Clause
// DnsStream: the messages in one direction of a TCP connection on a DNS port, each behind its
// two-byte length (RFC 1035 §4.2.2), read segment by segment.
//
// A segment is taken to begin with a length unless a message is incomplete; then it is read both
// ways, because the stream may have been picked up in the middle of a message and lengths may lie.
// So there are up to kMaxReadings incomplete messages; that which the stream began with is never
// given up for another. The others are, once their first bytes say that they are no queries. A
// message may be given out twice, with the same sequence number. Messages are copied only when
// segments split them; each reading holds at most 65,537 bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/dns.h"

namespace peek {

class DnsStream {
  public:
    static constexpr size_t kMaxReadings = 16;

    class Visitor {
      public:
        virtual ~Visitor() = default;
        // `begin`: sequence number of its length. `tried`: in a reading that need not be right.
        virtual void on_message(std::span<const uint8_t> message, uint32_t begin, bool tried) = 0;
        virtual void on_dns_event(DnsEvent event) = 0;
    };

    // `segment` follows what was fed before; `seq` is the sequence number of its first byte.
    void feed(std::span<const uint8_t> segment, uint32_t seq, Visitor& visitor);
    // Nothing follows: an incomplete message is counted.
    void finish(Visitor& visitor);

    bool idle() const { return incomplete_.empty(); }
    bool operator==(const DnsStream&) const = default;
    // How many bytes before the next one matter to what is being read.
    size_t kept() const;
    size_t memory_bytes() const;

  private:
    std::vector<std::vector<uint8_t>> incomplete_;  // each with its length
    bool between_ = true;  // the reading that the stream began with is between two messages
};

}  // namespace peek
