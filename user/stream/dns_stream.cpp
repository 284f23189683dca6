// SPDX-License-Identifier: BSD-2-Clause
#include "stream/dns_stream.h"

#include <algorithm>

#include "decode/bytes.h"

namespace peek {
namespace {

constexpr size_t kLength = 2;

// The size of the message at the front of `bytes` with its length, as far as that can be told.
size_t size_of_first(std::span<const uint8_t> bytes) {
    return bytes.size() < kLength ? kLength : kLength + be16(bytes, 0);
}

// Whether what there is of a message with its length is how a query begins (RFC 1035 §4.1.1): QR is
// clear, the opcode is assigned, and the first two sections are short: an update's prerequisites
// are where answers are (RFC 2136 §2.2).
bool may_be_query(std::span<const uint8_t> bytes) {
    constexpr int kMost = 64;
    if (bytes.size() < kLength + 8) return true;
    return (bytes[kLength + 2] & 0x80) == 0 && (bytes[kLength + 2] >> 3) <= 6 &&
           be16(bytes, kLength + 4) >= 1 && be16(bytes, kLength + 4) <= kMost &&
           be16(bytes, kLength + 6) <= kMost;
}

// Reads on behind what is kept of a message; what is kept then is the next incomplete one.
void read_on(std::vector<uint8_t>& kept, std::span<const uint8_t> bytes, uint32_t seq, bool tried,
             DnsStream::Visitor& visitor) {
    // The length itself may be split.
    while (!kept.empty() && !bytes.empty() && kept.size() < size_of_first(kept)) {
        const size_t len = std::min(bytes.size(), size_of_first(kept) - kept.size());
        kept.insert(kept.end(), bytes.data(), bytes.data() + len);
        bytes = bytes.subspan(len);
        seq += static_cast<uint32_t>(len);
    }
    if (!kept.empty()) {
        if (kept.size() < size_of_first(kept)) return;
        visitor.on_message(std::span(kept).subspan(kLength),
                           seq - static_cast<uint32_t>(kept.size()), tried);
        kept.clear();
    }
    while (bytes.size() >= kLength && bytes.size() >= size_of_first(bytes)) {
        const size_t size = size_of_first(bytes);
        visitor.on_message(bytes.first(size).subspan(kLength), seq, tried);
        bytes = bytes.subspan(size);
        seq += static_cast<uint32_t>(size);
    }
    kept.assign(bytes.begin(), bytes.end());
}

}  // namespace

void DnsStream::feed(std::span<const uint8_t> segment, uint32_t seq, Visitor& visitor) {
    // The reading that the stream began with stands first.
    if (incomplete_.size() == kMaxReadings) {
        visitor.on_dns_event(DnsEvent::kMessageGivenUp);
        incomplete_.erase(incomplete_.begin() + (between_ ? 0 : 1));
    }
    incomplete_.emplace(between_ ? incomplete_.begin() : incomplete_.end());
    for (size_t i = 0; i < incomplete_.size(); ++i)
        read_on(incomplete_[i], segment, seq, i != 0, visitor);
    between_ = incomplete_.front().empty();
    // Of readings that agree where the next message begins, one is enough.
    const size_t first_tried = between_ ? 0 : 1;
    for (size_t i = 0; i < incomplete_.size();) {
        const auto same = [&](const auto& earlier) {
            return earlier.size() == incomplete_[i].size();
        };
        const auto here = incomplete_.begin() + static_cast<std::ptrdiff_t>(i);
        if (here->empty() || (i >= first_tried && !may_be_query(*here)) ||
            std::any_of(incomplete_.begin(), here, same))
            incomplete_.erase(here);
        else
            ++i;
    }
}

void DnsStream::finish(Visitor& visitor) {
    if (!between_) visitor.on_dns_event(DnsEvent::kMessageIncomplete);
}

size_t DnsStream::kept() const {
    size_t most = 0;
    for (const auto& message : incomplete_) most = std::max(most, message.size());
    return most;
}

size_t DnsStream::memory_bytes() const {
    size_t bytes = sizeof(*this);
    for (const auto& message : incomplete_) bytes += message.capacity();
    return bytes;
}

}  // namespace peek
