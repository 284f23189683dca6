// SPDX-License-Identifier: BSD-2-Clause
// What a controller takes over from the one before it, with --pin.
#pragma once

#include <optional>

#include "app/options.h"
#include "kernel/pin.h"
#include "rules/rule_set.h"

namespace peek {

// Opens the pin directory of `options` and clears it of what does not count. Errors: see
// PinDirectory::open(); pinned state of other interfaces, directions or modes than asked for.
struct Takeover {
    PinDirectory pins;
    std::optional<PinnedState> earlier;  // nothing: a fresh start
};
Result<Takeover> prepare_takeover(const std::string& directory, const AttachOptions& options);

// The name in a manifest's slot.
std::string pinned_name(const peek_pinned_interface& interface);
void note_rules(peek_manifest& manifest, const RuleSets& sets);
// Whether the rules are those that the earlier controller had.
bool same_rules(const peek_manifest& manifest, const RuleSets& sets);

}  // namespace peek
