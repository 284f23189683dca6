// SPDX-License-Identifier: BSD-2-Clause
#include "app/rule_files.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "app/messages.h"

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

}  // namespace

std::vector<std::string> given_paths(const RulePaths& paths) {
    std::vector<std::string> given;
    for (const std::string& path : {paths.ip, paths.domain, paths.url, paths.signature})
        if (!path.empty()) given.push_back(path);
    return given;
}

Result<std::vector<OpenRuleFile>> open_rule_files(const RulePaths& paths) {
    const std::pair<Family, const std::string&> given[] = {{Family::kIp, paths.ip},
                                                           {Family::kDomain, paths.domain},
                                                           {Family::kUrl, paths.url},
                                                           {Family::kSignature, paths.signature}};
    std::vector<OpenRuleFile> files;
    std::optional<Error> failed;
    for (const auto& [family, path] : given) {
        if (path.empty()) continue;
        Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd)
            append(failed, usage_error(system_error(path + ": cannot open", errno).text));
        else
            files.push_back({family, path, std::move(fd)});
    }
    if (failed) return *failed;
    return files;
}

Result<void> compile_rule_files(const std::vector<OpenRuleFile>& files, RuleSets& sets,
                                std::vector<std::string>& warnings) {
    RuleSets built = sets;
    std::optional<Error> failed;
    for (const OpenRuleFile& file : files) {
        auto bytes = read_rule_file(file.fd.get(), file.name);
        if (!bytes) {
            append(failed, bytes.error());
            continue;
        }
        CompileReport report;
        auto compiled = compile_rules({file.family, file.name, std::move(*bytes)}, built, report);
        for (std::string& text : report.warnings) warnings.push_back(std::move(text));
        if (!compiled) append(failed, compiled.error());
    }
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
