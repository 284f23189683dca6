// SPDX-License-Identifier: BSD-2-Clause
// The maps of the BPF object and its rings in a pin directory.
#pragma once

#include <bpf/libbpf.h>

#include <vector>

#include "kernel/pin.h"

namespace peek {

// Before loading: the object's programs will use the maps that are pinned.
Result<void> reuse_pinned_maps(bpf_object* object, const PinDirectory& pins);
Result<std::vector<Fd>> pinned_rings(const PinDirectory& pins, uint32_t count);
// After loading.
Result<void> pin_maps(const bpf_object* object, const std::vector<Fd>& rings,
                      const PinDirectory& pins);

}  // namespace peek
