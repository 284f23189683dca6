// SPDX-License-Identifier: BSD-2-Clause
#include "stream/fragments.h"

#include <algorithm>
#include <utility>

namespace peek {
namespace {

constexpr uint8_t kIpv4 = 4;

// RFC 791 §3.2, RFC 8200 §4.5: addresses and identification, of IPv4 the protocol, too. The ports'
// place holds what fragments do not all have ports for.
FlowKey datagram_key(const PacketView& view, const Packet& packet) {
    FlowKey key = host_pair_key(view, packet);
    const FragmentFacts& facts = packet.fragment_facts;
    key.src_port = static_cast<uint16_t>(facts.id >> 16);
    key.dst_port = static_cast<uint16_t>(facts.id);
    if (packet.inner().src.version() == kIpv4) key.where ^= uint64_t{facts.protocol} << 56;
    return key;
}

FlowKey source_key(const Packet& packet) {
    FlowKey key;
    const auto bytes = packet.inner().src.bytes16();
    std::copy(bytes.begin(), bytes.end(), key.src.begin());
    return key;
}

}  // namespace

Fragments::Fragments(Options options)
    : options_(options),
      sources_(0, Hash{options.hash_seed}),
      index_(0, Hash{options.hash_seed}) {}
Fragments::~Fragments() = default;

const WholeDatagram* Fragments::add(const PacketView& view, const Packet& packet, Timestamp now,
                                    std::vector<FragmentNote> notes) {
    expire(now);
    const auto entry = entry_of(view, packet, now);
    Datagram& datagram = entry->datagram;
    datagram.add(packet.fragment_facts, view.ordinal, counts_);
    if (!notes.empty()) entry->notes = std::move(notes);
    if (!datagram.complete()) {
        account(entry);
        return nullptr;
    }
    whole_.protocol = datagram.protocol();
    whole_.readings = datagram.readings(counts_);
    whole_.needs = datagram.packets();
    std::erase(whole_.needs, view.ordinal);
    whole_.notes = std::move(entry->notes);
    forget(entry);
    return &whole_;
}

Fragments::Order::iterator Fragments::entry_of(const PacketView& view, const Packet& packet,
                                               Timestamp now) {
    const FlowKey key = datagram_key(view, packet);
    if (const auto known = index_.find(key); known != index_.end()) return known->second;
    const FlowKey source_of = source_key(packet);
    if (const auto source = sources_.find(source_of); source != sources_.end()) {
        std::list<Order::iterator>& order = source->second.order;
        if (order.size() == options_.max_source_datagrams) evict(order.front());
    }
    const auto source = sources_.try_emplace(source_of).first;
    const auto entry = order_.insert(order_.end(), Entry{key, now, {}, {}, 0, &*source, {}});
    std::list<Order::iterator>& order = source->second.order;
    entry->in_source = order.insert(order.end(), entry);
    index_.emplace(key, entry);
    return entry;
}

void Fragments::expire(Timestamp now) {
    while (!order_.empty() && now - order_.front().first > kTimeout) {
        counts_.count(StreamEvent::kFragmentDatagramTimedOut);
        forget(order_.begin());
    }
}

// The fragment's own datagram may be the one that goes.
void Fragments::account(Order::iterator entry) {
    const size_t bytes = sizeof(Entry) + entry->datagram.memory_bytes();
    Source& source = entry->source->second;
    bytes_ += bytes - entry->bytes;
    source.bytes += bytes - entry->bytes;
    entry->bytes = bytes;
    if (source.bytes > options_.max_source_bytes) return evict(source.order.front());
    if (bytes_ > options_.max_bytes) evict(order_.begin());
}

void Fragments::evict(Order::iterator entry) {
    counts_.count(StreamEvent::kFragmentDatagramEvicted);
    forget(entry);
}

void Fragments::forget(Order::iterator entry) {
    Source& source = entry->source->second;
    bytes_ -= entry->bytes;
    source.bytes -= entry->bytes;
    source.order.erase(entry->in_source);
    if (source.order.empty()) sources_.erase(FlowKey{entry->source->first});
    index_.erase(entry->key);
    order_.erase(entry);
}

void Fragments::finish() {
    for (; !order_.empty(); forget(order_.begin()))
        counts_.count(StreamEvent::kFragmentDatagramUnfinished);
}

}  // namespace peek
