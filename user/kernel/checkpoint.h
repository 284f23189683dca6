// SPDX-License-Identifier: BSD-2-Clause
// The checkpoint of what has been read of the rings (struct peek_checkpoint): how one controller
// tells the next one, even if it is killed at any instruction, what is over and what is not.
#pragma once

#include <peek/abi.h>

#include <array>
#include <atomic>

namespace peek {

// Before what was taken is inspected. Never lowers a position: a controller that dies before it is
// where its predecessor died leaves the same records to be marked.
inline void note_taken(peek_checkpoint& checkpoint,
                       const std::array<uint64_t, PEEK_MAX_RINGS>& positions) {
    for (size_t i = 0; i < PEEK_MAX_RINGS; i++)
        if (positions[i] > checkpoint.taken_pos[i])
            std::atomic_ref(checkpoint.taken_pos[i]).store(positions[i], std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

inline const peek_checkpoint_copy& last_done(const peek_checkpoint& checkpoint) {
    return checkpoint.copies[checkpoint.current & 1U];
}

// After what was taken has been written: all of `done` counts, or nothing of it.
inline void note_done(peek_checkpoint& checkpoint, const peek_checkpoint_copy& done) {
    const uint32_t idle = (checkpoint.current & 1U) ^ 1U;
    checkpoint.copies[idle] = done;
    std::atomic_ref(checkpoint.current).store(idle, std::memory_order_release);
}

}  // namespace peek
