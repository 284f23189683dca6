// SPDX-License-Identifier: BSD-2-Clause
// Progress: one line on the terminal that tells how far reading files has got, redrawn in place.
// It appears after a second of work, and only on standard error, when that is a terminal; never in
// a pipe, a journal or on a dumb terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peek {

// What the line tells of the whole work, over all files.
struct ProgressFacts {
    std::string_view file;  // being read
    uint64_t packets = 0;
    uint64_t records = 0;
    uint64_t bytes = 0;                 // read
    std::optional<uint64_t> all_bytes;  // to be read; unknown of a pipe
    std::chrono::duration<double> elapsed{};
};

// At most `width` characters: "[=====>    ] 52 %  1.2 of 2.3 GB  310 MB/s  1,234,567 packets
// (5.1 M/s)  12 records  0:04 left  big.pcap". What has no room is left out from the right.
std::string progress_line(const ProgressFacts& facts, size_t width);

// One thread.
class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    // Shows nothing when not `enabled` (-q).
    Progress(bool enabled, std::optional<uint64_t> all_bytes);
    ~Progress() { hide(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // As often as one likes: the line is redrawn five times a second. `facts` of what is being
    // read; totals and time are Progress's own.
    void update(std::string_view file, uint64_t packets, uint64_t records, uint64_t bytes);
    // What update() said so far belongs to a file that was read; the next one begins.
    void next_file();
    // Makes room for other lines on the terminal, until the next update().
    void hide();

  private:
    void draw();

    bool enabled_;
    bool shown_ = false;
    Clock::time_point start_ = Clock::now();
    Clock::time_point due_ = start_ + std::chrono::seconds(1);
    ProgressFacts now_;
    ProgressFacts before_;  // files that were read
};

// The bytes of all files together, or nothing when one is not a regular file.
std::optional<uint64_t> bytes_of_files(const std::vector<std::string>& files);

}  // namespace peek
