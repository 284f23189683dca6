// SPDX-License-Identifier: BSD-2-Clause
// RingReader: takes records out of a BPF ring buffer (libbpf's consumer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "util/result.h"

namespace peek {

class KernelProgram;

class RingReader {
  public:
    // `fd` is a BPF_MAP_TYPE_RINGBUF and stays the caller's.
    static Result<std::unique_ptr<RingReader>> open(int fd);
    // One for each ring of the program.
    static Result<std::vector<std::unique_ptr<RingReader>>> open_all(const KernelProgram& program);
    ~RingReader();
    RingReader(const RingReader&) = delete;
    RingReader& operator=(const RingReader&) = delete;

    // Calls `take` for each record until it returns false (that record is consumed too) or the
    // ring is empty. The bytes are valid during the call only. Returns true when the ring was
    // found empty. Never blocks.
    using Take = std::function<bool(std::span<const uint8_t>)>;
    bool drain(const Take& take);

    // Readable when the programs ask for a wake-up; for epoll.
    int epoll_fd() const;

  private:
    struct State;
    explicit RingReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace peek
