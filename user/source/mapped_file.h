// SPDX-License-Identifier: BSD-2-Clause
// A regular file, read where the page cache has it. Pages are given back behind the reader, so that
// a file of any size stays small in memory; whoever still looks at their bytes faults them in
// again.
//
// A file that is cut while it is mapped, or whose disk fails, costs a mapped page: SIGBUS. A
// handler puts zeros in its place, on whichever thread, and lost_from() tells. Someone else's
// SIGBUS goes the way it went before.
#pragma once

#include <memory>

#include "source/byte_input.h"
#include "util/fd.h"

namespace peek {

struct BusGuard;  // what the SIGBUS handler knows of one mapping

class MappedFile final : public ByteInput {
  public:
    // From `offset` to the end that the file has now. Errors: mmap's.
    static Result<std::unique_ptr<ByteInput>> map(Fd file, uint64_t offset, uint64_t size);
    ~MappedFile() override;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    void advance(size_t used, size_t want) override;
    const std::optional<Error>& error() const override { return error_; }
    bool stable() const override { return true; }
    const uint8_t* lost_from() const override;

  private:
    MappedFile(Fd file, const uint8_t* base, size_t size, size_t offset, BusGuard& guard);
    void give_back_pages();

    Fd file_;
    const uint8_t* base_;
    size_t size_;
    size_t given_back_ = 0;  // bytes from base_
    BusGuard& guard_;
    std::optional<Error> error_;  // never set: lost_from() tells of the one thing that can happen
};

}  // namespace peek
