// SPDX-License-Identifier: BSD-2-Clause
#include "app/held_rule_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace peek {

namespace {

// Without waiting for the writer of a named pipe.
Result<Fd> open_regular(int directory, const std::string& name, const std::string& path) {
    Fd fd(::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return usage_error(system_error(path + ": cannot open", errno).text);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return system_error(path, errno);
    if (!S_ISREG(info.st_mode))
        return usage_error(path +
                           ": it is no regular file and cannot be read again; give its rules with "
                           "`peek-xdp map update` and the option of its list");
    return fd;
}

}  // namespace

Result<HeldRuleFiles> HeldRuleFiles::hold(const RulePaths& paths) {
    HeldRuleFiles held;
    for (const RuleList list : kAllRuleLists) {
        const std::string& path = paths[list];
        if (path.empty()) continue;
        const size_t slash = path.rfind('/');
        const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        Fd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!fd) return usage_error(system_error(path + ": cannot open", errno).text);
        held.files_.push_back(
            {list, path, path.substr(slash == std::string::npos ? 0 : slash + 1), std::move(fd)});
    }
    return held;
}

Result<std::vector<OpenRuleFile>> HeldRuleFiles::open() const {
    std::vector<OpenRuleFile> files;
    for (const Held& held : files_) {
        auto fd = open_regular(held.directory.get(), held.name, held.path);
        if (!fd) return fd.error();
        files.push_back({held.list, held.path, std::move(*fd)});
    }
    return files;
}

}  // namespace peek
