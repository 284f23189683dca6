// SPDX-License-Identifier: BSD-2-Clause
// Makes seeds for the fuzz targets of capture files:
//
//   fuzz_seeds DIRECTORY CAPTURE…      writes DIRECTORY/{decode,reassembly,dns,http,ring}/NUMBER
#include <peek/abi.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "decode/decode.h"
#include "fuzz/ring_action.h"
#include "source/pcap_source.h"

using namespace peek;

namespace {

using Bytes = std::vector<uint8_t>;

class Corpus {
  public:
    explicit Corpus(std::filesystem::path directory) : directory_(std::move(directory)) {}

    void add(const char* target, const Bytes& seed) {
        const auto directory = directory_ / target;
        std::filesystem::create_directories(directory);
        std::ofstream(directory / std::to_string(++count_), std::ios::binary)
            .write(reinterpret_cast<const char*>(seed.data()),
                   static_cast<std::streamsize>(seed.size()));
    }

  private:
    std::filesystem::path directory_;
    int count_ = 0;
};

void append(Bytes& to, std::span<const uint8_t> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes behind(Bytes front, std::span<const uint8_t> bytes) {
    append(front, bytes);
    return front;
}

void append_size(Bytes& to, size_t size) {
    to.push_back(static_cast<uint8_t>(size >> 8));
    to.push_back(static_cast<uint8_t>(size));
}

// The IP packet in an Ethernet frame, as fuzz/reassembly.cpp reads it.
void append_raw(Bytes& to, const PacketView& view) {
    constexpr size_t kEthernet = 14;
    if (view.link != LinkType::kEthernet || view.bytes.size() <= kEthernet) return;
    const auto packet = view.bytes.subspan(kEthernet);
    append_size(to, packet.size());
    to.push_back(1);
    append(to, packet);
}

template <typename T>
void append_struct(Bytes& to, const T& value) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    to.insert(to.end(), bytes, bytes + sizeof value);
}

// The packet as fuzz/ring.cpp reads it: now in this ring, now in that one, and each thing that may
// become of a record now and then. Every fourth one tells of a scan.
void append_record(Bytes& to, const PacketView& view) {
    const auto nth = static_cast<uint8_t>(view.ordinal);
    peek_scan_evidence evidence{};
    evidence.used = 2;
    for (uint32_t i = 0; i < evidence.used; ++i) {
        evidence.slots.port[i] = static_cast<uint16_t>(80 + i);
        evidence.slots.first_ns[i] = evidence.slots.last_ns[i] = 1'000'000 * (1 + i);
    }
    const bool scan = nth % 4 == 0;
    peek_record head{};
    head.abi_version = PEEK_ABI_VERSION;
    head.type = scan ? PEEK_RECORD_PACKET_WITH_SCAN : PEEK_RECORD_PACKET;
    head.hook = nth % 2 == 0 ? PEEK_HOOK_INGRESS : PEEK_HOOK_EGRESS;
    head.generation = 1;
    head.time_ns = 1'000'000 * view.ordinal;
    head.ifindex = fuzz::kRingIfindex;
    head.wire_len = head.cap_len = static_cast<uint32_t>(view.bytes.size());
    head.data_off = static_cast<uint16_t>(sizeof head + (scan ? sizeof evidence : 0));
    head.link_type = view.link == LinkType::kRawIp ? PEEK_LINK_RAW_IP : PEEK_LINK_ETHERNET;
    head.families = (1U << kFamilyCount) - 1;

    const uint8_t fate = nth % 8 == 5   ? fuzz::kRingBusy
                         : nth % 8 == 6 ? fuzz::kRingDiscard
                                        : uint8_t{0};
    to.push_back(static_cast<uint8_t>(fate | (nth / 2 % 2)));
    append_size(to, head.data_off + view.bytes.size());
    append_struct(to, head);
    if (scan) append_struct(to, evidence);
    append(to, view.bytes);
}

bool read(const char* path, Corpus& corpus) {
    auto source = open_pcap(path);
    if (!source) {
        std::fprintf(stderr, "%s\n", source.error().text.c_str());
        return false;
    }
    Bytes sequence;
    Bytes records;
    PacketSource::Batch batch;
    do {
        batch = (*source)->next();
        for (const PacketView& view : batch.packets) {
            corpus.add("decode", behind({static_cast<uint8_t>(view.link)}, view.bytes));
            append_raw(sequence, view);
            append_record(records, view);
            Packet packet;
            decode(view, packet);
            if (packet.payload.empty()) continue;
            corpus.add(packet.dst_port == 53 ? "dns" : "http",
                       behind({20, 10, 0, 0, 0, 0, 0, 0}, packet.payload));
        }
    } while (batch.state == PacketSource::State::kMore);
    if (!sequence.empty()) corpus.add("reassembly", sequence);
    corpus.add("ring", records);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    Corpus corpus(argv[1]);
    bool whole = true;
    for (int i = 2; i < argc; ++i) whole = read(argv[i], corpus) && whole;
    return whole ? 0 : 1;
}
