// SPDX-License-Identifier: BSD-2-Clause
// The questions of DNS queries (RFC 1035 §4.1). Everything works in place on the bytes given, which
// must outlive the objects; no allocation, and work linear in the message's length.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace peek {

// Why reading a message, or a segment's messages, ended early. Each is a named counter.
enum class DnsEvent : uint8_t {
    kNone,
    kHeaderTruncated,     // shorter than 12 bytes
    kQuestionTruncated,   // QDCOUNT promises more than the message holds
    kNameTooLong,         // over 255 bytes, RFC 1035 §2.3.4
    kBadLabelType,        // first two bits 01 or 10
    kBadPointer,          // not to an earlier place: forwards, to itself, or a loop
    kCompressionTooDeep,  // names share so much that reading them all is not linear work
    kMessageIncomplete,   // TCP: the stream, or the packet on its own, ends within a message
    kMessageGivenUp,      // TCP: what may be one, for more that may be one
    kCount
};
constexpr bool is_blind(DnsEvent event) {
    return event == DnsEvent::kCompressionTooDeep || event == DnsEvent::kMessageGivenUp;
}
std::string_view dns_event_name(DnsEvent event);  // "dns_header_truncated", …

struct DnsQuestion {
    static constexpr size_t kMaxName = 255;

    std::array<uint8_t, kMaxName> name;  // see wire_name()
    uint8_t name_len = 0;
    uint16_t type = 0;
    uint16_t qclass = 0;

    // Wire form without compression: a length byte before each label, ended by the root's zero
    // byte; case as sent. Valid as long as the question.
    std::string_view wire_name() const {
        return {reinterpret_cast<const char*>(name.data()), name_len};
    }
};

// One message. Compressed names are followed (no honest client compresses a question, a lenient
// server may still read one). A question that cannot be read whole ends the message.
//
//   DnsQuery query(message);
//   while (query.next(question)) …
//   if (query.event() != DnsEvent::kNone) …
class DnsQuery {
  public:
    explicit DnsQuery(std::span<const uint8_t> message);

    // QR = 0, whatever the opcode. False also for a cut header.
    bool is_query() const { return is_query_; }
    // The next question; false at the end, which for anything but a query is at once.
    bool next(DnsQuestion& question);
    // Why it ended before its last question; kNone before the end and after an orderly one.
    DnsEvent event() const { return event_; }

  private:
    bool read_name(DnsQuestion& question);
    bool fail(DnsEvent event);

    std::span<const uint8_t> message_;
    size_t at_ = 0;
    size_t steps_left_ = 0;
    uint16_t questions_left_ = 0;
    bool is_query_ = false;
    DnsEvent event_ = DnsEvent::kNone;
};

// Presentation form (RFC 4343 §2.1): dots and backslashes inside labels escaped by a backslash,
// bytes outside 0x21 … 0x7e as \DDD, no trailing dot; the root is ".". `wire_name` is as
// DnsQuestion::wire_name() gives it. Allocates: for records, not for every packet.
std::string dns_name_text(std::string_view wire_name);

}  // namespace peek
