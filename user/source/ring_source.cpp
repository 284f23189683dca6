// SPDX-License-Identifier: BSD-2-Clause
#include "source/ring_source.h"

#include <array>
#include <atomic>
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

// Where a view's bytes and probes stand; pointers are made once the batch no longer grows.
struct Place {
    size_t bytes;
    size_t probes;
    size_t probe_count;
};

bool is_sound(const peek_record& head, size_t size) {
    const bool scan = head.type == PEEK_RECORD_PACKET_WITH_SCAN;
    const size_t least = sizeof head + (scan ? sizeof(peek_scan_evidence) : 0);
    return head.abi_version == PEEK_ABI_VERSION && (scan || head.type == PEEK_RECORD_PACKET) &&
           head.data_off >= least && size >= head.data_off &&
           size - head.data_off >= head.cap_len && head.hook < PEEK_HOOK_COUNT;
}

}  // namespace

struct RingSource::State {
    explicit State(const Readers& r) : readers(r) {}

    const Readers& readers;
    size_t turn = 0;  // the ring to begin with
    // What any thread writes, and the consuming thread's copy of it.
    std::mutex mutex;
    Interfaces named;
    std::atomic<bool> renamed = false;
    Interfaces interfaces;
    std::array<std::array<std::atomic<uint64_t>, PEEK_HOOK_COUNT>, PEEK_MAX_INTERFACES> delivered{};

    Nanoseconds offset_since{0};
    Nanoseconds offset{0};
    Nanoseconds offset_before{0};

    std::vector<PacketView> views;
    std::vector<Place> places;
    std::vector<uint8_t> bytes;
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
    void refill();
    bool drain_into_batch();
    void take(std::span<const uint8_t> record);
    void add(const peek_record& head, uint32_t index, std::span<const uint8_t> record);
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
    peek_scan_evidence evidence;
    std::memcpy(&evidence, record.data() + sizeof(peek_record), sizeof evidence);
    for (uint32_t i = 0; i < evidence.used && i < PEEK_SCAN_SLOTS; i++)
        probes.push_back({evidence.slots.port[i], wall_time(evidence.slots.first_ns[i], record_ns),
                          wall_time(evidence.slots.last_ns[i], record_ns)});
}

void RingSource::State::add(const peek_record& head, uint32_t index,
                            std::span<const uint8_t> record) {
    Place place{bytes.size(), probes.size(), 0};
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
    bytes.insert(bytes.end(), view.bytes.begin(), view.bytes.end());
    views.push_back(view);
    delivered[index][head.hook].fetch_add(1, std::memory_order_relaxed);
}

void RingSource::State::take(std::span<const uint8_t> record) {
    peek_record head;
    if (record.size() >= sizeof head) {
        std::memcpy(&head, record.data(), sizeof head);
        auto index = index_of(head.ifindex);
        if (!index) {  // attached while this batch was being taken
            learn_names();
            index = index_of(head.ifindex);
        }
        if (is_sound(head, record.size()) && index) return add(head, *index, record);
    }
    bytes_dropped += record.size();
}

// One look at each ring in turn, the batch ending at its bounds; the next one begins behind the
// ring that filled it. True when all were found empty.
bool RingSource::State::drain_into_batch() {
    const auto take_one = [this](std::span<const uint8_t> record) {
        take(record);
        return views.size() < kBatchPackets && bytes.size() < kBatchBytes;
    };
    for (size_t looked_at = 0; looked_at < readers.size(); ++looked_at) {
        RingReader& reader = *readers[turn];
        turn = (turn + 1) % readers.size();
        if (!reader.drain(take_one)) return false;
    }
    return true;
}

void RingSource::State::refill() {
    learn_names();
    views.clear();
    places.clear();
    bytes.clear();
    probes.clear();
    returned = 0;
    caught_up = drain_into_batch();
    for (size_t i = 0; i < views.size(); i++) {
        views[i].bytes = {bytes.data() + places[i].bytes, views[i].bytes.size()};
        views[i].probes = {probes.data() + places[i].probes, places[i].probe_count};
    }
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

void RingSource::set_wall_offset(Nanoseconds since, Nanoseconds offset) {
    state_->offset_before = state_->offset;
    state_->offset = offset;
    state_->offset_since = since;
}

PacketSource::Batch RingSource::next() {
    const bool fresh = state_->returned == state_->views.size();
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
    return state_->delivered[index][static_cast<size_t>(hook)].load(std::memory_order_relaxed);
}

}  // namespace peek
