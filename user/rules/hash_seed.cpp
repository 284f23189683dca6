// SPDX-License-Identifier: BSD-2-Clause
#include "rules/hash_seed.h"

#include <sys/random.h>

#include <cstdlib>

namespace peek {

uint64_t hash_seed() {
    static const uint64_t seed = [] {
        uint64_t bytes;
        // Requests of at most 256 bytes are neither cut short nor interrupted (getrandom(2)); a
        // refusal means a sandbox that forbids the call, where a known seed would be worse.
        if (getrandom(&bytes, sizeof bytes, 0) != sizeof bytes) std::abort();
        return bytes;
    }();
    return seed;
}

}  // namespace peek
