// SPDX-License-Identifier: BSD-2-Clause
// StatelessDetector: the ordered part of a family whose inspector already finds whole matches.
#pragma once

#include <memory>
#include <variant>

#include "detect/detector.h"

namespace peek {

template <Family kFamily, typename InspectorOfFamily>
class StatelessDetector final : public Detector {
  public:
    Family family() const override { return kFamily; }
    std::unique_ptr<Inspector> make_inspector() const override {
        return std::make_unique<InspectorOfFamily>();
    }
    void commit(Observation&& observation, const RuleSets& rules, MatchSink& sink) override {
        sink.on_match(*std::get_if<Match>(&observation), rules);
    }
};

}  // namespace peek
