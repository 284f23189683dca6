// SPDX-License-Identifier: BSD-2-Clause
// HeldRuleFiles: the rule files that were given at the start, held by their directories, so that
// they can be read again whatever directory the process has by then and whatever it may no longer
// walk through. A file that was replaced by rename is found under its name.
#pragma once

#include <string>
#include <vector>

#include "app/options.h"
#include "app/rule_files.h"

namespace peek {

class HeldRuleFiles {
  public:
    static Result<HeldRuleFiles> hold(const RulePaths& paths);

    bool empty() const { return files_.empty(); }
    // Opens them all anew, or none. Never waits: what is no regular file is an error.
    Result<std::vector<OpenRuleFile>> open() const;

  private:
    struct Held {
        RuleList list;
        std::string path;  // as the user wrote it
        std::string name;  // in the directory
        Fd directory;
    };
    std::vector<Held> files_;
};

}  // namespace peek
