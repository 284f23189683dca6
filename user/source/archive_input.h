// SPDX-License-Identifier: BSD-2-Clause
// Compressed captures through libarchive: gzip, xz, zstd, bzip2, and the file in a zip archive.
#pragma once

#include <memory>
#include <string_view>

#include "source/byte_input.h"

namespace peek {

// What the first bytes say: "gzip", "xz", "zstd", "bzip2", "zip"; else empty.
std::string_view compression_of(std::span<const uint8_t> first_bytes);

// What `compressed` holds, decompressed as it is read, with memory that its content cannot drive
// up. A broken stream, an encrypted entry or a second file in a zip archive is an error() of the
// input where it is met; bytes before it are good.
std::unique_ptr<ByteInput> decompress(std::unique_ptr<ByteInput> compressed);

}  // namespace peek
