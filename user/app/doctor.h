// SPDX-License-Identifier: BSD-2-Clause
// What `doctor` says of what was probed: one check a line, each with its remedy.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernel/probe.h"
#include "kernel/probe_interface.h"

namespace peek {

enum class Verdict {
    kOk,
    kWarning,  // attach works, with a limit
    kFail,     // attach fails
};

struct Check {
    Verdict verdict = Verdict::kOk;
    std::string name;
    std::string what;
    std::string remedy;  // a command, or what to do; empty when nothing is to be done

    static Check ok(std::string name, std::string what) {
        return {Verdict::kOk, std::move(name), std::move(what), ""};
    }
    static Check warning(std::string name, std::string what, std::string remedy) {
        return {Verdict::kWarning, std::move(name), std::move(what), std::move(remedy)};
    }
    static Check failure(std::string name, std::string what, std::string remedy) {
        return {Verdict::kFail, std::move(name), std::move(what), std::move(remedy)};
    }
};

// `program` is the path of this executable, for remedies.
std::vector<Check> check_host(const HostFacts& facts, const std::string& program);
std::vector<Check> check_interface(const InterfaceFacts& facts);

bool any_fails(const std::vector<Check>& checks);
std::string checks_text(const std::vector<Check>& checks);
std::string checks_json(const std::vector<Check>& checks);

}  // namespace peek
