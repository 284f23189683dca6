// SPDX-License-Identifier: BSD-2-Clause
// Fragments: IPv4 (RFC 791 §3.2) and IPv6 (RFC 8200 §4.5) datagrams put together again.
//
// Fragments are given in packet order; the one that completes a datagram gets its readings. Stacks
// differ in which bytes they keep where fragments overlap, so none is guessed: overlapping bytes
// that differ make readings that keep the old ones and readings that take the new ones, up to
// kMaxReadings; the overlap is counted.
//
// What completes a datagram may never have reached its destination. So a whole one is kept for a
// while, and fragments that say something else of it make it whole again, beside the new datagram
// that they may belong to: at most kMaxWholes times, which is counted, as are fragments of one that
// is not kept any more.
//
// Memory is bounded by budgets of bytes and datagrams: of each source address, so that no host
// starves the others, and of all. Where one is exceeded the oldest incomplete datagram goes, the
// source's own or the oldest of all, and is counted. A datagram that is not complete kTimeout of
// packet time after its first fragment is forgotten and counted. Work is linear in the bytes given,
// times the readings. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "stream/datagram.h"
#include "stream/flow_key.h"
#include "stream/forgotten.h"
#include "stream/stream_event.h"
#include "util/time.h"

namespace peek {

// A find in a fragment on its own: FragmentInspector's, handed back with the datagram.
struct FragmentNote {
    Family family;
    uint32_t rule;
    uint32_t distinct;  // rules; of a scan's probe: the port
    bool operator==(const FragmentNote&) const = default;
};

// A datagram whose last missing fragment has come.
struct WholeDatagram {
    FlowKey key;
    uint8_t protocol = 0;  // IANA number of what `readings` begin with
    // What follows the IPv4 header, or the IPv6 fragment header, in every reading. In the first
    // one, the bytes that came first are kept.
    std::vector<std::vector<uint8_t>> readings;
    std::vector<uint64_t> needs;      // ordinals of the other fragments' packets
    std::vector<FragmentNote> notes;  // given with its first fragment, and with told()
};

class Fragments {
  public:
    static constexpr Nanoseconds kTimeout = std::chrono::seconds(60);  // RFC 8200 §4.5
    static constexpr int kMaxWholes = 4;
    static constexpr size_t kMaxKept = 256;  // whole datagrams
    static constexpr size_t kMaxKeptBytes = 4U << 20;
    struct Options {
        size_t max_bytes = 32U << 20;        // of all incomplete datagrams
        size_t max_source_bytes = 4U << 20;  // of those of one source address
        size_t max_source_datagrams = 1024;
        uint64_t hash_seed = 0;
    };

    explicit Fragments(Options options);
    ~Fragments();

    // packet.fragment is set. `now`: the highest packet time so far. Returns the datagrams that
    // this fragment completes: an earlier one that it changes, the one that it belongs to.
    std::vector<WholeDatagram> add(const PacketView& view, const Packet& packet, Timestamp now,
                                   std::vector<FragmentNote> notes = {});
    // What was found in a whole datagram; its notes say so when it is whole again.
    void told(const WholeDatagram& whole, const std::vector<FragmentNote>& finds);
    // The input has ended: incomplete datagrams are counted.
    void finish();

    const StreamCounts& counts() const { return counts_; }
    size_t bytes() const { return bytes_; }  // of incomplete datagrams, now

  private:
    struct Hash {
        uint64_t seed;
        size_t operator()(const FlowKey& key) const { return key.hash(seed); }
    };
    struct Entry;
    using Order = std::list<Entry>;  // the oldest first
    struct Source {
        size_t bytes = 0;
        std::list<Order::iterator> order;
    };
    using Sources = std::unordered_map<FlowKey, Source, Hash>;
    struct Entry {
        FlowKey key;
        Timestamp first;  // packet time of the fragment that came first
        Datagram datagram;
        std::vector<FragmentNote> notes;
        size_t bytes = 0;             // as counted in bytes_
        Sources::value_type* source;  // stays where it is, whatever else the map holds
        std::list<Order::iterator>::iterator in_source;
    };

    struct Kept {
        FlowKey key;
        Timestamp since;
        Datagram datagram;
        std::vector<FragmentNote> notes;
        size_t bytes = 0;  // as counted in kept_bytes_
        int wholes = 1;
    };
    using KeptOrder = std::list<Kept>;  // the oldest first

    Order::iterator entry_of(const FlowKey& key, const Packet& packet, Timestamp now);
    WholeDatagram whole_of(const FlowKey& key, const Datagram& datagram,
                           std::vector<FragmentNote> notes, uint64_t ordinal);
    void complete_again(const FlowKey& key, const FragmentFacts& facts, uint64_t ordinal,
                        std::vector<WholeDatagram>& wholes);
    void keep(Entry& entry, Timestamp now);
    void drop(KeptOrder::iterator kept);
    void expire(Timestamp now);
    void account(Order::iterator entry);
    void evict(Order::iterator entry);
    void forget(Order::iterator entry);

    Options options_;
    StreamCounts counts_;
    size_t bytes_ = 0;
    Order order_;
    Sources sources_;
    std::unordered_map<FlowKey, Order::iterator, Hash> index_;
    size_t kept_bytes_ = 0;
    KeptOrder kept_;
    std::unordered_map<FlowKey, KeptOrder::iterator, Hash> kept_index_;
    Forgotten pushed_out_;  // whole datagrams, for want of room
};

}  // namespace peek
