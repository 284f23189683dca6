// SPDX-License-Identifier: BSD-2-Clause
#include "source/ring_source.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <mutex>

namespace peek {

namespace {

// A batch ends at either bound: enough to amortise the calls, small enough to stay in cache.
constexpr size_t kBatchPackets = 256;
constexpr size_t kBatchBytes = 1 << 20;

struct Interface {
    uint32_t ifindex = 0;
    uint32_t earlier_ifindex = 0;  // records of the one before may still be in a ring
    std::string name;
};
using Interfaces = std::array<Interface, PEEK_MAX_INTERFACES>;

// Where a view's probes stand; pointers are made once the batch no longer grows.
struct Place {
    size_t probes;
    size_t probe_count;
};

struct Counted {
    std::atomic<uint64_t> delivered = 0;
    std::atomic<uint64_t> not_understood = 0;
};

// What is known of a ring's next record.
struct Head {
    RingReader::Found found = RingReader::Found::kEmpty;
    uint64_t time_ns = 0;
};

// No clock of a kernel shows a hundred years; up to here, times can be added and subtracted.
constexpr uint64_t kLatestNs = uint64_t{1} << 62;

peek_scan_evidence evidence_of(std::span<const uint8_t> record) {
    peek_scan_evidence evidence;
    std::memcpy(&evidence, record.data() + sizeof(peek_record), sizeof evidence);
    evidence.used = std::min<uint32_t>(evidence.used, PEEK_SCAN_SLOTS);
    return evidence;
}

bool has_sound_times(const peek_scan_evidence& evidence) {
    for (uint32_t i = 0; i < evidence.used; i++)
        if (evidence.slots.first_ns[i] >= kLatestNs || evidence.slots.last_ns[i] >= kLatestNs)
            return false;
    return true;
}

bool is_sound(const peek_record& head, std::span<const uint8_t> record) {
    const bool scan = head.type == PEEK_RECORD_PACKET_WITH_SCAN;
    const size_t least = sizeof head + (scan ? sizeof(peek_scan_evidence) : 0);
    return head.abi_version == PEEK_ABI_VERSION && (scan || head.type == PEEK_RECORD_PACKET) &&
           head.data_off >= least && record.size() >= head.data_off &&
           record.size() - head.data_off >= head.cap_len && head.hook < PEEK_HOOK_COUNT &&
           head.time_ns < kLatestNs && (!scan || has_sound_times(evidence_of(record)));
}

}  // namespace

struct RingSource::State {
    explicit State(const Readers& r) : readers(r), heads(r.size()) {}

    const Readers& readers;
    std::vector<Head> heads;
    Positions replayed_before{};
    // What any thread writes, and the consuming thread's copy of it.
    std::mutex mutex;
    Interfaces named;
    std::atomic<bool> renamed = false;
    Interfaces interfaces;
    std::array<std::array<Counted, PEEK_HOOK_COUNT>, PEEK_MAX_INTERFACES> counted;

    bool has_offset = false;
    Nanoseconds offset_since{0};
    Nanoseconds offset{0};
    Nanoseconds offset_before{0};

    std::vector<PacketView> views;
    std::vector<Place> places;
    size_t bytes = 0;  // of the views
    std::vector<ProbeInterval> probes;
    size_t returned = 0;  // views handed out so far
    bool caught_up = false;
    uint64_t ordinal = 0;
    uint64_t bytes_dropped = 0;
    std::optional<Error> no_error;

    // By the offset that was valid at `valid_ns`; both on the kernel's packet clock.
    Timestamp wall_time(uint64_t kernel_ns, uint64_t valid_ns) const {
        const Nanoseconds valid{static_cast<int64_t>(valid_ns)};
        return Timestamp{Nanoseconds{static_cast<int64_t>(kernel_ns)} +
                         (valid < offset_since ? offset_before : offset)};
    }
    void learn_names() {
        if (!renamed.exchange(false)) return;
        const std::lock_guard lock(mutex);
        interfaces = named;
    }
    std::optional<uint32_t> index_of(uint32_t ifindex) const;
    std::optional<uint32_t> learned_index_of(uint32_t ifindex) {
        auto index = index_of(ifindex);
        if (index) return index;
        learn_names();  // attached just now
        return index_of(ifindex);
    }
    void refill();
    void look(size_t ring);
    std::optional<size_t> earliest() const;
    void take(std::span<const uint8_t> record, bool replayed);
    void add(const peek_record& head, uint32_t index, std::span<const uint8_t> record,
             bool replayed);
    void add_probes(uint64_t record_ns, std::span<const uint8_t> record);
    Batch next_run(bool fresh);
};

std::optional<uint32_t> RingSource::State::index_of(uint32_t ifindex) const {
    for (const auto which : {&Interface::ifindex, &Interface::earlier_ifindex})
        for (uint32_t i = 0; i < interfaces.size(); i++)
            if (ifindex != 0 && interfaces[i].*which == ifindex) return i;
    return std::nullopt;
}

// All times of one evidence take the record's offset: a clock step must not turn them around.
void RingSource::State::add_probes(uint64_t record_ns, std::span<const uint8_t> record) {
    const peek_scan_evidence evidence = evidence_of(record);
    for (uint32_t i = 0; i < evidence.used; i++)
        probes.push_back({evidence.slots.port[i], wall_time(evidence.slots.first_ns[i], record_ns),
                          wall_time(evidence.slots.last_ns[i], record_ns)});
}

void RingSource::State::add(const peek_record& head, uint32_t index,
                            std::span<const uint8_t> record, bool replayed) {
    Place place{probes.size(), 0};
    if (head.type == PEEK_RECORD_PACKET_WITH_SCAN) add_probes(head.time_ns, record);
    place.probe_count = probes.size() - place.probes;
    places.push_back(place);

    PacketView view;
    view.time = wall_time(head.time_ns, head.time_ns);
    view.ordinal = ++ordinal;
    view.interface = index;
    view.link = head.link_type == PEEK_LINK_RAW_IP ? LinkType::kRawIp : LinkType::kEthernet;
    view.hook = static_cast<Hook>(head.hook);
    view.wire_len = head.wire_len;
    view.bytes = record.subspan(head.data_off, head.cap_len);
    if (head.vlan_present != 0) view.vlan_tci = head.vlan_tci;
    view.families = head.families;
    view.generation = head.generation;
    view.replayed = replayed;
    bytes += view.bytes.size();
    views.push_back(view);
    counted[index][head.hook].delivered.fetch_add(1, std::memory_order_relaxed);
}

void RingSource::State::take(std::span<const uint8_t> record, bool replayed) {
    peek_record head;
    if (record.size() >= sizeof head) {
        std::memcpy(&head, record.data(), sizeof head);
        const auto index = learned_index_of(head.ifindex);
        if (index && is_sound(head, record)) return add(head, *index, record, replayed);
        if (index && head.hook < PEEK_HOOK_COUNT)
            counted[*index][head.hook].not_understood.fetch_add(1, std::memory_order_relaxed);
    }
    bytes_dropped += record.size();
}

void RingSource::State::look(size_t ring) {
    Head& head = heads[ring];
    head.found = readers[ring]->peek();
    if (head.found != RingReader::Found::kRecord) return;
    const auto record = readers[ring]->record();
    head.time_ns = 0;
    if (record.size() >= sizeof(peek_record))
        std::memcpy(&head.time_ns, record.data() + offsetof(peek_record, time_ns),
                    sizeof head.time_ns);
}

std::optional<size_t> RingSource::State::earliest() const {
    std::optional<size_t> first;
    for (size_t ring = 0; ring < heads.size(); ring++)
        if (heads[ring].found == RingReader::Found::kRecord &&
            (!first || heads[ring].time_ns < heads[*first].time_ns))
            first = ring;
    return first;
}

// Rings are merged by time, so that packets of different CPUs come about in their order.
void RingSource::State::refill() {
    learn_names();
    views.clear();
    places.clear();
    probes.clear();
    bytes = 0;
    returned = 0;
    for (size_t ring = 0; ring < readers.size(); ring++) look(ring);
    while (views.size() < kBatchPackets && bytes < kBatchBytes) {
        const auto ring = earliest();
        if (!ring) break;
        RingReader& reader = *readers[*ring];
        take(reader.record(), reader.taken_pos() < replayed_before[*ring]);
        reader.take();
        look(*ring);
    }
    caught_up = std::all_of(heads.begin(), heads.end(), [](const Head& head) {
        return head.found == RingReader::Found::kEmpty;
    });
    for (size_t i = 0; i < views.size(); i++)
        views[i].probes = {probes.data() + places[i].probes, places[i].probe_count};
}

// kIdle is only said of rings that were looked at in this call.
PacketSource::Batch RingSource::State::next_run(bool fresh) {
    size_t end = returned;
    while (end < views.size() && views[end].generation == views[returned].generation) end++;
    const std::span run(views.data() + returned, end - returned);
    returned = end;
    const bool idle = fresh && caught_up && end == views.size();
    return {run, idle ? PacketSource::State::kIdle : PacketSource::State::kMore};
}

RingSource::RingSource(const Readers& readers) : state_(std::make_unique<State>(readers)) {}
RingSource::~RingSource() = default;

void RingSource::set_interface(uint32_t index, uint32_t ifindex, std::string name) {
    const std::lock_guard lock(state_->mutex);
    Interface& interface = state_->named[index];
    if (interface.ifindex != ifindex) interface.earlier_ifindex = interface.ifindex;
    interface.ifindex = ifindex;
    interface.name = std::move(name);
    state_->renamed = true;
}

void RingSource::rename_interface(uint32_t index, std::string name) {
    const std::lock_guard lock(state_->mutex);
    state_->named[index].name = std::move(name);
    state_->renamed = true;
}

std::optional<uint32_t> RingSource::index_of(uint32_t ifindex) {
    return state_->learned_index_of(ifindex);
}

void RingSource::set_wall_offset(Nanoseconds since, Nanoseconds offset) {
    // Packets that waited in the rings for the first controller, or a new one, know no other.
    state_->offset_before = std::exchange(state_->has_offset, true) ? state_->offset : offset;
    state_->offset = offset;
    state_->offset_since = since;
}

PacketSource::Batch RingSource::next() {
    const bool fresh = batch_done();
    if (fresh) state_->refill();
    return state_->next_run(fresh);
}

const std::optional<Error>& RingSource::error() const {
    return state_->no_error;
}
uint64_t RingSource::bytes_dropped() const {
    return state_->bytes_dropped;
}

std::string_view RingSource::interface_name(uint32_t index) const {
    return state_->interfaces[index].name;
}

uint64_t RingSource::delivered(uint32_t index, Hook hook) const {
    return state_->counted[index][static_cast<size_t>(hook)].delivered.load(
        std::memory_order_relaxed);
}

uint64_t RingSource::not_understood(uint32_t index, Hook hook) const {
    return state_->counted[index][static_cast<size_t>(hook)].not_understood.load(
        std::memory_order_relaxed);
}

void RingSource::set_counted(uint32_t index, Hook hook, uint64_t delivered,
                             uint64_t not_understood) {
    Counted& counted = state_->counted[index][static_cast<size_t>(hook)];
    counted.delivered = delivered;
    counted.not_understood = not_understood;
}

void RingSource::set_replayed_before(const Positions& positions) {
    state_->replayed_before = positions;
}

bool RingSource::batch_done() const {
    return state_->returned == state_->views.size();
}

RingSource::Positions RingSource::taken() const {
    Positions positions{};
    for (size_t i = 0; i < state_->readers.size(); i++)
        positions[i] = state_->readers[i]->taken_pos();
    return positions;
}

double RingSource::uncommitted_part() const {
    double largest = 0;
    for (const auto& reader : state_->readers)
        largest = std::max(largest, static_cast<double>(reader->uncommitted()) /
                                        static_cast<double>(reader->size()));
    return largest;
}

void RingSource::commit() {
    for (const auto& reader : state_->readers) reader->commit();
}

RingSource::Positions RingSource::produced() const {
    Positions positions{};
    for (size_t i = 0; i < state_->readers.size(); i++)
        positions[i] = state_->readers[i]->produced_pos();
    return positions;
}

bool RingSource::committed_up_to(const Positions& positions) const {
    for (size_t i = 0; i < state_->readers.size(); i++) {
        const RingReader& reader = *state_->readers[i];
        if (reader.taken_pos() - reader.uncommitted() < positions[i]) return false;
    }
    return true;
}

}  // namespace peek
