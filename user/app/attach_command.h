// SPDX-License-Identifier: BSD-2-Clause
#pragma once

#include "app/options.h"

namespace peek {

// Monitors in the foreground until a signal or `peek-xdp detach` ends it. Returns the exit status.
int run_attach(AttachOptions options);

}  // namespace peek
