// SPDX-License-Identifier: BSD-2-Clause
// Input: what the programs do with two rings, one thing after another: a byte that says which ring
// and what becomes of the record (fuzz/ring_action.h), its length (two bytes), the record. The
// rings are read when there is no more room, or nothing more to do.
#include "fuzz/ring_action.h"

#include <array>
#include <optional>
#include <string_view>

#include "fuzz/fuzz.h"
#include "source/ring_source.h"
#include "support/fake_ring.h"

using namespace peek;

namespace {

using FakeRings = std::array<test::FakeRing, 2>;

RingSource::Readers readers_of(FakeRings& rings) {
    RingSource::Readers readers;
    for (test::FakeRing& ring : rings) readers.push_back(ring.reader());
    return readers;
}

class Rings : MatchSink {
  public:
    Rings() {
        source_.set_interface(fuzz::kRingSlot, fuzz::kRingIfindex, "eth0");
        source_.set_wall_offset(Nanoseconds{0}, std::chrono::hours(400'000));
    }

    void act(uint8_t action, fuzz::Bytes record) {
        const size_t which = action & 1U;
        if (!rings_[which].has_room(record.size())) read();
        if (!rings_[which].has_room(record.size())) return;
        const std::string_view bytes(reinterpret_cast<const char*>(record.data()), record.size());
        if ((action & fuzz::kRingDiscard) != 0) return rings_[which].discard(bytes);
        written_ += bytes.size();
        if ((action & fuzz::kRingBusy) == 0 || busy_[which]) return rings_[which].submit(bytes);
        busy_[which] = rings_[which].reserve(bytes);
    }

    // Everything, what is being written included.
    void read() {
        take();
        for (size_t i = 0; i < rings_.size(); ++i)
            if (busy_[i]) rings_[i].end(*busy_[i], 0);
        busy_ = {};
        take();
        fuzz::expect(source_.committed_up_to(source_.produced()));
        // What became no packet was counted.
        uint64_t packets = 0;
        for (const Hook hook : {Hook::kIngress, Hook::kEgress})
            packets += source_.delivered(fuzz::kRingSlot, hook);
        fuzz::expect(packets == packets_);
        fuzz::expect(captured_ + source_.bytes_dropped() <= written_);
    }
    void finish() { engine_.finish(fuzz::sample_rules()); }

  private:
    void take() {
        PacketSource::Batch batch;
        do {
            batch = source_.next();
            for (const PacketView& view : batch.packets) {
                ++packets_;
                captured_ += view.bytes.size();
            }
            engine_.process(batch.packets, fuzz::sample_rules());
            if (source_.batch_done()) source_.commit();
        } while (batch.state == PacketSource::State::kMore && !batch.packets.empty());
    }
    void on_match(const Match& match, const RuleSets& rules) override {
        if (const RuleSet* set = rules.set(match.family)) fuzz::expect(match.rule < set->size());
        fuzz::expect(match.packet.ordinal <= packets_);
    }

    FakeRings rings_;
    RingSource::Readers readers_ = readers_of(rings_);
    RingSource source_{readers_};
    Engine engine_{*this};
    std::array<std::optional<uint64_t>, 2> busy_;
    uint64_t written_ = 0;  // bytes of records that were not discarded
    uint64_t captured_ = 0;
    uint64_t packets_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz::Input input({data, size});
    Rings rings;
    while (!input.empty()) {
        const uint8_t action = input.byte();
        const size_t length = input.word();
        rings.act(action, input.take(length));
    }
    rings.read();
    rings.finish();
    return 0;
}
