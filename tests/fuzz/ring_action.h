// SPDX-License-Identifier: BSD-2-Clause
// How the input of fuzz/ring.cpp is read and made.
#pragma once

#include <cstdint>

namespace peek::fuzz {

// The action's lowest bit is the ring.
inline constexpr uint8_t kRingDiscard = 2;  // the record is given up
inline constexpr uint8_t kRingBusy = 4;     // it is being written when the rings are read

inline constexpr uint32_t kRingIfindex = 7;
inline constexpr uint32_t kRingSlot = 3;

}  // namespace peek::fuzz
