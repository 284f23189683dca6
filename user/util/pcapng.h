// SPDX-License-Identifier: BSD-2-Clause
// What pcapng's reader and writer have to agree on (draft-ietf-opsawg-pcapng): block types, option
// codes. Numbers in a file are in its section's byte order, which kByteOrderMagic tells.
#pragma once

#include <cstdint>

namespace peek::pcapng {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in either byte order
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kOldPacket = 2;
constexpr uint32_t kSimplePacket = 3;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;

constexpr uint16_t kEndOfOptions = 0;
constexpr uint16_t kComment = 1;
constexpr uint16_t kUserApplication = 4;  // of a section
// Of an interface.
constexpr uint16_t kName = 2;
constexpr uint16_t kDescription = 3;
constexpr uint16_t kTimeResolution = 9;
constexpr uint16_t kTimeOffset = 14;

}  // namespace peek::pcapng
