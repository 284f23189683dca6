// SPDX-License-Identifier: BSD-2-Clause
// Sightings: which finds were told of already. Bytes of a stream may be read more than once: sent
// again, in several readings, by two runs that meet.
#pragma once

#include <cstdint>

#include "rules/rule_set.h"

namespace peek {

class Sightings {
  public:
    virtual ~Sightings() = default;
    // Whether this is the first time that the rule is found at `place`, a sequence number that
    // tells it from other finds. What was found lies behind sequence number `from`.
    virtual bool is_new(Family family, RuleId rule, uint32_t place, uint32_t from) = 0;
};

// For packets on their own.
class AllNew final : public Sightings {
  public:
    bool is_new(Family /*family*/, RuleId /*rule*/, uint32_t /*place*/,
                uint32_t /*from*/) override {
        return true;
    }
};

}  // namespace peek
