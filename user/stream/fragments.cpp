// SPDX-License-Identifier: BSD-2-Clause
#include "stream/fragments.h"

#include <algorithm>
#include <iterator>
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
      index_(0, Hash{options.hash_seed}),
      kept_index_(0, Hash{options.hash_seed}) {}
Fragments::~Fragments() = default;

std::vector<WholeDatagram> Fragments::add(const PacketView& view, const Packet& packet,
                                          Timestamp now, std::vector<FragmentNote> notes) {
    expire(now);
    std::vector<WholeDatagram> wholes;
    const FlowKey key = datagram_key(view, packet);
    complete_again(key, packet.fragment_facts, view.ordinal, wholes);
    const auto entry = entry_of(key, packet, now);
    Datagram& datagram = entry->datagram;
    if (datagram.packets().empty() &&
        pushed_out_.take(key.hash(options_.hash_seed), now, kTimeout))
        counts_.count(StreamEvent::kFragmentReadingsCapped);
    datagram.add(packet.fragment_facts, view.ordinal, counts_);
    if (!notes.empty()) entry->notes = std::move(notes);
    if (!datagram.complete()) {
        account(entry);
        return wholes;
    }
    wholes.push_back(whole_of(key, datagram, entry->notes, view.ordinal));
    keep(*entry, now);
    forget(entry);
    return wholes;
}

WholeDatagram Fragments::whole_of(const FlowKey& key, const Datagram& datagram,
                                  std::vector<FragmentNote> notes, uint64_t ordinal) {
    WholeDatagram whole{key, datagram.protocol(), datagram.readings(counts_), datagram.packets(),
                        std::move(notes)};
    std::erase(whole.needs, ordinal);
    return whole;
}

void Fragments::complete_again(const FlowKey& key, const FragmentFacts& facts, uint64_t ordinal,
                               std::vector<WholeDatagram>& wholes) {
    const auto known = kept_index_.find(key);
    if (known == kept_index_.end()) return;
    const auto kept = known->second;
    StreamCounts counted_below;  // with the new datagram
    if (!kept->datagram.add(facts, ordinal, counted_below)) return;
    counts_.count(StreamEvent::kFragmentOverlapDiffers);
    if (kept->wholes == kMaxWholes) {
        counts_.count(StreamEvent::kFragmentReadingsCapped);
        return drop(kept);
    }
    kept->wholes++;
    wholes.push_back(whole_of(key, kept->datagram, kept->notes, ordinal));
}

void Fragments::told(const WholeDatagram& whole, const std::vector<FragmentNote>& finds) {
    const auto known = kept_index_.find(whole.key);
    if (known == kept_index_.end()) return;
    std::vector<FragmentNote>& notes = known->second->notes;
    notes.insert(notes.end(), finds.begin(), finds.end());
}

// One that is kept already has seen all that this one has.
void Fragments::keep(Entry& entry, Timestamp now) {
    if (kept_index_.contains(entry.key)) return;
    kept_.push_back({entry.key, now, std::move(entry.datagram), std::move(entry.notes)});
    const auto kept = std::prev(kept_.end());
    kept->bytes = sizeof(Kept) + kept->datagram.memory_bytes();
    kept_bytes_ += kept->bytes;
    kept_index_.emplace(kept->key, kept);
    while (kept_.size() > kMaxKept || kept_bytes_ > kMaxKeptBytes) {
        pushed_out_.note(kept_.front().key.hash(options_.hash_seed), now);
        drop(kept_.begin());
    }
}

void Fragments::drop(KeptOrder::iterator kept) {
    kept_bytes_ -= kept->bytes;
    kept_index_.erase(kept->key);
    kept_.erase(kept);
}

Fragments::Order::iterator Fragments::entry_of(const FlowKey& key, const Packet& packet,
                                               Timestamp now) {
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
    while (!kept_.empty() && now - kept_.front().since > kTimeout) drop(kept_.begin());
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
