// SPDX-License-Identifier: BSD-2-Clause
// RingReader: reads the records of one BPF ring buffer in place. Layout and protocol as the kernel
// documents them (Documentation/bpf/ringbuf.rst, kernel/bpf/ringbuf.c): a page with the consumer's
// position, one with the producer's, then the data mapped twice in a row, so that a record that
// wraps is contiguous. Positions count bytes since the ring was made.
//
// Taking a record and giving its room back are two steps, because a record that was given back
// cannot be read again after a crash. One thread.
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
    enum class Found : uint8_t {
        kRecord,
        kEmpty,  // everything that was reserved has been taken
        kBusy,   // the next record is being written
    };

    // `fd` is a BPF_MAP_TYPE_RINGBUF and stays the caller's. Reading begins where room was last
    // given back.
    static Result<std::unique_ptr<RingReader>> open(int fd);
    // Over pages that are mapped already, which it will unmap: one that the reader writes, and the
    // producer's with `size` bytes of data twice behind it.
    static std::unique_ptr<RingReader> adopt(std::byte* consumer, std::byte* producer, size_t size);
    // One for each ring of the program.
    static Result<std::vector<std::unique_ptr<RingReader>>> open_all(const KernelProgram& program);
    ~RingReader();
    RingReader(const RingReader&) = delete;
    RingReader& operator=(const RingReader&) = delete;

    // Looks at the next record without taking it; discarded ones are passed over. Its bytes are
    // valid until commit() has given back what was taken of it.
    Found peek();
    std::span<const uint8_t> record() const { return record_; }  // after kRecord
    void take();                                                 // after kRecord

    uint64_t taken_pos() const { return taken_; }
    uint64_t produced_pos() const;  // where the next record will be
    // Reads on from there: a position that was reported before. For a reader that takes over.
    void set_taken_pos(uint64_t pos) { taken_ = pos; }
    // Gives the room of everything taken back to the programs.
    void commit();
    size_t uncommitted() const { return taken_ - committed_; }
    size_t size() const { return mask_ + 1; }

    // Calls `take` for each record, gives its room back, until `take` returns false (that record
    // is consumed too) or nothing more can be read. Returns true when the ring was found empty.
    using Take = std::function<bool(std::span<const uint8_t>)>;
    bool drain(const Take& take);

  private:
    RingReader(std::byte* consumer, std::byte* producer, size_t size);

    std::byte* consumer_page_;  // ours to write
    std::byte* producer_page_;  // read-only, the data behind it
    const uint8_t* data_;
    uint64_t mask_;
    uint64_t committed_ = 0;
    uint64_t taken_ = 0;
    uint64_t next_ = 0;  // behind record_
    std::span<const uint8_t> record_;
};

}  // namespace peek
