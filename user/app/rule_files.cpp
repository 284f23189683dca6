// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_files.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <cerrno>
#include <future>
#include <optional>
#include <utility>

#include "app/messages.h"
#include "kernel/memory.h"
#include "sink/fd_writer.h"

namespace peek {

namespace {

// One text for the failures of several files: each keeps its own lines.
void append(std::optional<Error>& all, const Error& error) {
    if (!all) {
        all = error;
        return;
    }
    all->text += "\n" + error.text;
    if (error.kind == ErrorKind::kFailed) all->kind = ErrorKind::kFailed;
}

// What was freed counts as used until the allocator gives it back.
Result<void> check_room(uint64_t bytes) {
    if (check_memory(bytes, MemoryUse::kCompiling)) return {};
    ::malloc_trim(0);
    return check_memory(bytes, MemoryUse::kCompiling);
}

uint64_t size_of(const OpenRuleFile& file) {
    struct stat info {};
    const bool known = ::fstat(file.fd.get(), &info) == 0 && S_ISREG(info.st_mode);
    return known ? static_cast<uint64_t>(info.st_size) : 0;
}

Result<std::vector<RuleFile>> read_rule_files(const std::vector<OpenRuleFile>& files) {
    uint64_t size = 0;
    for (const OpenRuleFile& file : files) size += size_of(file);
    if (auto fits = check_room(size); !fits) return fits.error();
    std::vector<RuleFile> read;
    std::optional<Error> failed;
    for (const OpenRuleFile& file : files) {
        auto bytes = read_rule_file(file.fd.get(), file.name);
        if (!bytes)
            append(failed, bytes.error());
        else
            read.push_back({file.list, file.name, std::move(*bytes)});
    }
    if (failed) return *failed;
    return read;
}

struct Compiled {
    std::vector<std::string> warnings;
    std::optional<Error> failed;
};

// Files are compiled side by side: each writes its own list of `sets` and no other.
Compiled compile(const RuleFile& file, RuleSets& sets) {
    CompileReport report;
    auto compiled = compile_rules(file, sets, report);
    Compiled result{std::move(report.warnings), {}};
    if (!compiled) result.failed = compiled.error();
    return result;
}

}  // namespace

std::vector<std::string> given_paths(const RulePaths& paths) {
    std::vector<std::string> given;
    for (const std::string& path : paths.path)
        if (!path.empty()) given.push_back(path);
    return given;
}

Result<std::vector<OpenRuleFile>> open_rule_files(const RulePaths& paths) {
    std::vector<OpenRuleFile> files;
    std::optional<Error> failed;
    for (const RuleList list : kAllRuleLists) {
        const std::string& path = paths[list];
        if (path.empty()) continue;
        Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd)
            append(failed, usage_error(system_error(path + ": cannot open", errno).text));
        else
            files.push_back({list, path, std::move(fd)});
    }
    if (failed) return *failed;
    return files;
}

Result<void> make_regular(std::vector<OpenRuleFile>& files) {
    for (OpenRuleFile& file : files) {
        struct stat info {};
        if (::fstat(file.fd.get(), &info) == 0 && S_ISREG(info.st_mode)) continue;
        auto bytes = read_rule_file(file.fd.get(), file.name);
        if (!bytes) return bytes.error();
        Fd copy(::memfd_create("rules", MFD_CLOEXEC));
        if (!copy) return system_error(file.name + ": memfd_create", errno);
        const WriteResult written = write_all(copy.get(), *bytes, std::chrono::milliseconds(0));
        if (written.errnum != 0) return system_error(file.name + ": copying", written.errnum);
        ::lseek(copy.get(), 0, SEEK_SET);
        file.fd = std::move(copy);
    }
    return {};
}

Result<void> refuse_shrinking(const std::vector<OpenRuleFile>& files, const RuleSets& before,
                              const RuleSets& after) {
    std::optional<Error> refused;
    for (const OpenRuleFile& file : files) {
        const RuleSet* had = before.set(file.list);
        const RuleSet* has = after.set(file.list);
        const uint64_t old_size = had != nullptr ? had->size() : 0;
        const uint64_t new_size = has != nullptr ? has->size() : 0;
        if (new_size * 2 >= old_size) continue;
        append(refused, usage_error(fmt::format(
                            "{}: {} {} rules in place of {}: less than half; if that is meant, say "
                            "`peek-xdp map update` with --force",
                            file.name, new_size, rule_list_name(file.list), old_size)));
    }
    if (refused) return *refused;
    return {};
}

Result<void> compile_rule_files(const std::vector<OpenRuleFile>& files, RuleSets& sets,
                                std::vector<std::string>& warnings) {
    auto read = read_rule_files(files);
    if (!read) return read.error();
    uint64_t needed = 0;
    for (const RuleFile& file : *read) needed += compile_bytes(file);
    if (auto fits = check_room(needed); !fits) return fits;
    RuleSets built = sets;
    std::vector<std::future<Compiled>> compiling;
    for (const RuleFile& file : *read)
        compiling.push_back(std::async(std::launch::async, [&] { return compile(file, built); }));
    std::optional<Error> failed;
    for (std::future<Compiled>& file : compiling) {
        Compiled compiled = file.get();
        for (std::string& text : compiled.warnings) warnings.push_back(std::move(text));
        if (compiled.failed) append(failed, *compiled.failed);
    }
    read->clear();
    ::malloc_trim(0);  // the files' bytes
    if (failed) return *failed;
    sets = std::move(built);
    return {};
}

Result<RuleSets> load_rules(const DetectionOptions& options) {
    RuleSets sets;
    sets.scan = options.scan;
    sets.dns_ports = options.dns_ports;
    auto files = open_rule_files(options.rules);
    if (!files) return files.error();
    std::vector<std::string> warnings;
    auto compiled = compile_rule_files(*files, sets, warnings);
    for (const std::string& text : warnings) warn(text);
    if (!compiled) return compiled.error();
    return sets;
}

}  // namespace peek
