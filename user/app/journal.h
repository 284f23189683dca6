// SPDX-License-Identifier: BSD-2-Clause
// The system journal, with fields to filter by:
//
//   PRIORITY   as syslog(3)                 INTERFACE  of what the message is about
//   PEEK_EVENT message, alert               PEEK_TYPE, PEEK_SRC, PEEK_DST, PEEK_COUNT  of an alert
#pragma once

#include <memory>
#include <string_view>

#include "sink/sink.h"

namespace peek {

// Whether `fd` is connected to the journal (systemd.exec(5), JOURNAL_STREAM).
bool is_journal(int fd);

// A message of the program; `priority` as in syslog.h.
void journal_message(int priority, std::string_view text, std::string_view interface);

std::unique_ptr<Sink> make_journal_sink();

}  // namespace peek
