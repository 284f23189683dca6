// SPDX-License-Identifier: BSD-2-Clause
// The record log: one line a record, appended to a file or written to standard output; in the JSON
// format ledgers too.
//
// Lines are gathered and written by flush(). Lines that cannot be written are lost and counted;
// the destination is tried again with the next flush. A line is in the log whole or not at all: if
// the destination takes only a part of one, that part is taken back (files), or the rest follows
// before anything else is written (what cannot be taken back).
//
// The process must ignore SIGPIPE and SIGXFSZ, so that a closed pipe and a file size limit are
// errors like others.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sink/sink.h"

namespace peek {

enum class LogFormat {
    kText,
    kJson
};

// `path` "-" is standard output. A new file has mode 0640 (less the umask). `report` is given one
// sentence when writing begins to fail, when the cause changes, and when it works again; it is
// called from write(), flush(), tick() and the destructor.
Result<std::unique_ptr<Sink>> open_log(const std::string& path, LogFormat format,
                                       std::function<void(const std::string&)> report);

}  // namespace peek
