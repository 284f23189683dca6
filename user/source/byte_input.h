// SPDX-License-Identifier: BSD-2-Clause
// ByteInput: the bytes of a capture in order, wherever they come from: a mapped file, a pipe, a
// decompressor. Readers look at them in place. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "util/result.h"

namespace peek {

class ByteInput {
  public:
    virtual ~ByteInput() = default;

    // The bytes at hand from the current position on.
    std::span<const uint8_t> window() const { return window_; }
    // How many bytes were gone over by advance().
    uint64_t position() const { return position_; }

    // Goes on by `used` bytes of the window and sees to it that at least `want` bytes are at hand
    // (waiting for them, if need be). Fewer afterwards: the input ends there, or error() says why
    // it could not be read further. Windows taken before are valid no more, unless stable().
    virtual void advance(size_t used, size_t want) = 0;

    virtual const std::optional<Error>& error() const = 0;
    // Bytes stay valid and in place as long as this object.
    virtual bool stable() const { return false; }
    // Bytes gone over as they lie on the disk: those of the compressed file, if it is one.
    virtual uint64_t bytes_on_disk() const { return position_; }

    // Whether more than the window may be long in coming: the other end of a pipe pauses.
    virtual bool may_wait() const { return false; }

    // A stable input may lose bytes that it had: someone cut the file, or its disk failed. What
    // stood at and behind this address is lost then.
    virtual const uint8_t* lost_from() const { return nullptr; }

  protected:
    std::span<const uint8_t> window_;
    uint64_t position_ = 0;
};

// Fails with the system's error; a directory is none of its own. "-": standard input, which stays
// open. A regular file is mapped, from where its descriptor stands on.
Result<std::unique_ptr<ByteInput>> open_input(const std::string& path);

}  // namespace peek
