// SPDX-License-Identifier: BSD-2-Clause
// From rule files on the command line to rule sets.
#pragma once

#include <vector>

#include "app/options.h"
#include "rules/rule_set.h"
#include "util/fd.h"

namespace peek {

// An opened rule file. The client of a running monitor sends it as a descriptor.
struct OpenRuleFile {
    RuleList list;
    std::string name;  // as the user wrote it
    Fd fd;
};

// The paths that were given.
std::vector<std::string> given_paths(const RulePaths& paths);

// Opens every path that was given. The error names all that cannot be opened.
Result<std::vector<OpenRuleFile>> open_rule_files(const RulePaths& paths);

// For a process that must not wait for the writer of a pipe: files that are not regular are read to
// their end and replaced by what they held.
Result<void> make_regular(std::vector<OpenRuleFile>& files);

// Compiles the files into `sets` or, on any error, leaves it as it was; the error lists the bad
// lines of all files. What would not fit into memory beside all that is there is not begun.
// `warnings` receives whole sentences in either case.
Result<void> compile_rule_files(const std::vector<OpenRuleFile>& files, RuleSets& sets,
                                std::vector<std::string>& warnings);

// An error that names every list of `files` that has less than half of the rules it had.
Result<void> refuse_shrinking(const std::vector<OpenRuleFile>& files, const RuleSets& before,
                              const RuleSets& after);

// Opens and compiles for a command that starts from nothing; prints the warnings.
Result<RuleSets> load_rules(const DetectionOptions& options);

}  // namespace peek
