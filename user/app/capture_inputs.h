// SPDX-License-Identifier: BSD-2-Clause
// Which captures `pcap` reads, and as how many runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "source/capture_filter.h"
#include "source/pcap_source.h"

namespace peek {

struct CaptureInputs {
    std::vector<std::string> files;        // of directories: those in them, in byte order of names
    std::string filter;                    // empty: every packet
    std::vector<std::string> passed_over;  // what of directories is not read, a line a reason
};

// `read` came with -r, `words` without: then all words are the filter, as tcpdump has it. Without
// -r the first word and every further one that is there as a file or directory ('-': standard
// input) is read, and the rest is the filter.
// Usage errors: nothing to read; a file that is not there; a word that is neither a file nor can
// begin a filter.
Result<CaptureInputs> list_inputs(const std::vector<std::string>& read,
                                  const std::vector<std::string>& words);

// Captures that share flow, scan and alert state.
struct CaptureGroup {
    std::string name;  // for messages
    std::vector<std::string> files;
};
std::vector<CaptureGroup> group_inputs(const std::vector<std::string>& files, bool continuous);

// Several files: `on_problem` hears of each that cannot be read (whole); one: open_pcap()'s errors.
Result<std::unique_ptr<CaptureSource>> open_group(const CaptureGroup& group, CaptureFilter* filter,
                                                  std::function<void(const Error&)> on_problem);

}  // namespace peek
