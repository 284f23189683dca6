// SPDX-License-Identifier: BSD-2-Clause
// Captures written to a file or a pipe and read back as plain values.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "capture_bytes.h"
#include "source/pcap_source.h"
#include "util/fd.h"

namespace peek::test {

using State = PacketSource::State;

// A file of the given bytes that lives as long as the object.
class File {
  public:
    explicit File(const std::string& bytes) : path_(testing::TempDir() + "peek-XXXXXX") {
        const Fd fd(::mkstemp(path_.data()));
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ~File() { ::unlink(path_.c_str()); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// Descriptor 0 is something else as long as the object lives.
class StandardInput {
  public:
    explicit StandardInput(int fd) : saved_(::dup(STDIN_FILENO)) { ::dup2(fd, STDIN_FILENO); }
    ~StandardInput() { ::dup2(saved_.get(), STDIN_FILENO); }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

  private:
    Fd saved_;
};

struct Pipe {
    Pipe() {
        int fds[2];
        if (::pipe2(fds, O_CLOEXEC) == 0) {
            out.reset(fds[0]);
            in.reset(fds[1]);
        }
    }
    void write(const std::string& bytes) const {
        ASSERT_EQ(::write(in.get(), bytes.data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
    }
    Fd out;
    Fd in;
};

struct Packet {
    int64_t time_ns;
    uint64_t ordinal;
    uint32_t wire_len;
    std::string bytes;
    bool operator==(const Packet&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Packet& p) {
    return out << p.ordinal << ": " << p.time_ns << " ns, " << p.wire_len << " B, " << p.bytes;
}

struct Read {
    std::vector<Packet> packets;
    State state = State::kMore;
    std::string error;
    uint64_t dropped = 0;
};

inline Read read_all(PacketSource& source) {
    Read read;
    while (read.state == State::kMore || read.state == State::kIdle) {
        const PacketSource::Batch batch = source.next();
        read.state = batch.state;
        for (const PacketView& view : batch.packets) {
            read.packets.push_back({to_ns(view.time), view.ordinal, view.wire_len,
                                    std::string(view.bytes.begin(), view.bytes.end())});
        }
    }
    if (source.error()) read.error = source.error()->text;
    read.dropped = source.bytes_dropped();
    return read;
}

inline Read read_path(const std::string& path, CaptureFilter* filter = nullptr) {
    auto source = open_pcap(path, filter);
    if (!source) return {{}, State::kFailed, source.error().text, 0};
    return read_all(**source);
}

inline Read read_bytes(const std::string& bytes, CaptureFilter* filter = nullptr) {
    const File file(bytes);
    Read read = read_path(file.path(), filter);
    if (read.error.rfind(file.path(), 0) == 0) read.error.replace(0, file.path().size(), "FILE");
    return read;
}

inline const std::vector<CapturedPacket> kThree{
    {1477864862, 123456, 5, "first"}, {1477864862, 999999, 1500, "second"}, {2000000000, 0, 0, ""}};

inline std::vector<Packet> three_at(int64_t unit_ns) {
    return {{1477864862'000000000 + 123456 * unit_ns, 1, 5, "first"},
            {1477864862'000000000 + 999999 * unit_ns, 2, 1500, "second"},
            {2000000000'000000000, 3, 0, ""}};
}

}  // namespace peek::test
