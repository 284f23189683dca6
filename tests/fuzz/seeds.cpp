// SPDX-License-Identifier: BSD-2-Clause
// Makes seeds for the fuzz targets of capture files:
//
//   fuzz_seeds DIRECTORY CAPTURE…      writes DIRECTORY/{decode,reassembly,dns,http}/NUMBER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "decode/decode.h"
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

// The IP packet in an Ethernet frame, as fuzz/reassembly.cpp reads it.
void append_raw(Bytes& to, const PacketView& view) {
    constexpr size_t kEthernet = 14;
    if (view.link != LinkType::kEthernet || view.bytes.size() <= kEthernet) return;
    const auto packet = view.bytes.subspan(kEthernet);
    to.push_back(static_cast<uint8_t>(packet.size() >> 8));
    to.push_back(static_cast<uint8_t>(packet.size()));
    to.push_back(1);
    append(to, packet);
}

bool read(const char* path, Corpus& corpus) {
    auto source = open_pcap(path);
    if (!source) {
        std::fprintf(stderr, "%s\n", source.error().text.c_str());
        return false;
    }
    Bytes sequence;
    PacketSource::Batch batch;
    do {
        batch = (*source)->next();
        for (const PacketView& view : batch.packets) {
            corpus.add("decode", behind({static_cast<uint8_t>(view.link)}, view.bytes));
            append_raw(sequence, view);
            Packet packet;
            decode(view, packet);
            if (packet.payload.empty()) continue;
            corpus.add(packet.dst_port == 53 ? "dns" : "http",
                       behind({20, 10, 0, 0, 0, 0, 0, 0}, packet.payload));
        }
    } while (batch.state == PacketSource::State::kMore);
    if (!sequence.empty()) corpus.add("reassembly", sequence);
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
