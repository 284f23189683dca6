// SPDX-License-Identifier: BSD-2-Clause
// Evidence: the packets behind records, as a capture file (pcapng) of which an inspection gives the
// same records again. They are: the packet of each record, the others that it took to reassemble
// it, and every probe, and every fragment, between the two hosts of a scan. In the order of the
// input, with their times, link types, interfaces and lengths, and with a comment a record.
//
// Which packets are needed is known only once the input was read, so it is read twice: marks are
// kept meanwhile, within a bound. What is beyond it is counted and told, never dropped in silence.
//
// The file takes its name only when it is whole; until then it has another one beside it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alert/record.h"
#include "decode/packet.h"
#include "sink/pcapng_writer.h"
#include "source/packet_source.h"
#include "util/fd.h"

namespace peek {

// One thread.
class Evidence {
  public:
    static constexpr size_t kMaxMarkBytes = size_t{256} << 20;

    // `inputs`: every file that is read. Errors: `path` cannot be written or is one of them; a
    // capture cannot be read twice.
    static Result<std::unique_ptr<Evidence>> create(const std::string& path,
                                                    const std::vector<std::string>& captures,
                                                    const std::vector<std::string>& inputs,
                                                    size_t max_mark_bytes = kMaxMarkBytes);
    ~Evidence();
    Evidence(const Evidence&) = delete;
    Evidence& operator=(const Evidence&) = delete;

    // A record of the source that write() will be given anew.
    void add(const Record& record);
    bool wanted() const { return !marks_.empty(); }
    // The source of the records added since the last call, opened a second time. `whole`: it was
    // inspected to its end.
    Result<void> write(PacketSource& again, bool whole);
    // The file is complete and takes its name.
    Result<void> finish();

    uint64_t packets() const { return packets_; }
    uint64_t beyond_bound() const { return beyond_bound_; }  // records

  private:
    using Pair = std::array<uint8_t, 32>;  // both addresses, IpAddress::bytes16()
    // A packet and what is to be said of it: an index in notes_.
    using Mark = std::pair<uint64_t, uint32_t>;

    Evidence(std::string path, std::string draft, Fd fd, size_t max_mark_bytes);
    static Pair pair_of(const IpAddress& src, const IpAddress& dst);
    uint32_t note(const std::string& text);
    bool belongs_to_scan(const PacketView& view);
    void take(const PacketView& view, const PacketSource& source);
    uint32_t interface_of(const PacketView& view, const PacketSource& source);
    Result<void> written(int errnum) const;
    void forget();

    std::string path_;
    std::string draft_;  // its name until it is complete; empty: written in place
    Fd fd_;
    PcapngWriter writer_;
    size_t max_mark_bytes_;
    size_t mark_bytes_ = 0;
    std::vector<Mark> marks_;
    std::vector<std::string> notes_;
    std::unordered_map<std::string, uint32_t> note_index_;
    std::set<Pair> scans_;
    size_t next_mark_ = 0;                                          // while writing
    std::map<std::pair<uint32_t, LinkType>, uint32_t> interfaces_;  // of the source being written
    std::vector<std::string> comments_;                             // of the packet being written
    Packet packet_;
    uint64_t packets_ = 0;
    uint64_t beyond_bound_ = 0;
};

}  // namespace peek
