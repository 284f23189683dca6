// SPDX-License-Identifier: BSD-2-Clause
// golden_planted DIRECTORY: writes NAME.pcap, the same one each time, and NAME.records, a line for
// each record that must be told of it.
#include <cstdio>
#include <fstream>

#include "golden/planted/planted.h"
#include "support/write_pcap.h"

namespace peek::test {
namespace {

bool write(const Planted& planted, const std::string& directory) {
    const std::string path = directory + '/' + planted.name();
    if (!write_pcap((path + ".pcap").c_str(), planted.frames())) return false;
    std::ofstream records(path + ".records");
    records << planted.records();
    return records.flush().good();
}

bool write_all(const std::string& directory) {
    for (const auto& make : {planted_headers, planted_fragments, planted_streams, planted_messages})
        for (const Planted& planted : make())
            if (!write(planted, directory)) return false;
    return true;
}

}  // namespace
}  // namespace peek::test

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    if (peek::test::write_all(argv[1])) return 0;
    std::perror(argv[1]);
    return 1;
}
