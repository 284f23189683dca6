// SPDX-License-Identifier: BSD-2-Clause
// Bytes that can only be read once, in a buffer that grows to the largest piece asked for.
#pragma once

#include <vector>

#include "source/byte_input.h"

namespace peek {

// Where the bytes come from.
class ByteReader {
  public:
    virtual ~ByteReader() = default;
    // At least one byte, or 0 at the end. Waits for as little as possible: a pipe's writer may
    // pause, and the packets that it has sent are not to wait with it.
    virtual Result<size_t> read(std::span<uint8_t> into) = 0;
    virtual bool may_wait() const = 0;
    // Read so far, as it lies on the disk.
    virtual uint64_t bytes_on_disk() const = 0;
};

class BufferedInput final : public ByteInput {
  public:
    explicit BufferedInput(std::unique_ptr<ByteReader> reader);

    void advance(size_t used, size_t want) override;
    const std::optional<Error>& error() const override { return error_; }
    uint64_t bytes_on_disk() const override { return reader_->bytes_on_disk(); }
    bool may_wait() const override { return !ended_ && reader_->may_wait(); }

  private:
    void make_room(size_t want);
    void read_more();

    std::unique_ptr<ByteReader> reader_;
    std::vector<uint8_t> buffer_;
    size_t begin_ = 0;
    size_t end_ = 0;
    bool ended_ = false;
    std::optional<Error> error_;
};

}  // namespace peek
