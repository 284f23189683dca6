// SPDX-License-Identifier: BSD-2-Clause
#include "app/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "sink/escape.h"

namespace peek {

namespace {

const char* verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::kOk:
            return "ok";
        case Verdict::kWarning:
            return "warning";
        case Verdict::kFail:
            return "FAIL";
    }
    return "?";
}

// A probe that was not permitted: the capability check says what is missing.
Check unknown(std::string name) {
    return Check::warning(std::move(name), "could not be probed: not permitted",
                          "sudo peek-xdp doctor");
}

Check check_btf(const Probe& btf) {
    if (btf.yes()) return Check::ok("btf", "/sys/kernel/btf/vmlinux");
    return Check::failure("btf",
                          fmt::format("/sys/kernel/btf/vmlinux: {}", std::strerror(btf.errnum)),
                          "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y (Debian's are)");
}

Check check_jit(const Probe& jit) {
    if (jit.yes()) return Check::ok("jit", "programs are compiled to machine code");
    if (jit.found == Probe::Found::kUnknown) return unknown("jit");
    return Check::warning("jit", "programs are interpreted, several times slower",
                          "sysctl -w net.core.bpf_jit_enable=1");
}

Check check_capabilities_of(const HostFacts& facts, const std::string& program) {
    if (facts.missing.empty())
        return Check::ok("capabilities",
                         "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON, or CAP_SYS_ADMIN");
    return Check::failure("capabilities",
                          fmt::format("missing: {}", fmt::join(facts.missing, ", ")),
                          fmt::format("run it as root, or once: sudo setcap cap_bpf,cap_net_admin,"
                                      "cap_perfmon,cap_net_raw+ep {}",
                                      program));
}

Check check_net_raw(bool held) {
    if (held) return Check::ok("promiscuous", "CAP_NET_RAW: frames for other hosts are seen too");
    return Check::warning(
        "promiscuous", "no CAP_NET_RAW: what the interface filters out by MAC address is not seen",
        "run with CAP_NET_RAW, or --no-promisc to say it is not wanted");
}

Check check_memlock(uint64_t bytes) {
    return Check::ok("memlock", (bytes == ~uint64_t{0} ? std::string("unlimited")
                                                       : fmt::format("{} KiB", bytes >> 10)) +
                                    "; not needed: BPF memory is charged to the memory cgroup");
}

Check check_tc(const HostFacts& facts) {
    if (facts.tcx.yes()) return Check::ok("tc", "tcx");
    if (facts.clsact.yes()) return Check::ok("tc", "clsact (this kernel has no tcx)");
    if (facts.tcx.found == Probe::Found::kUnknown) return unknown("tc");
    if (facts.clsact.found == Probe::Found::kUnknown) return unknown("tc");
    return Check::failure(
        "tc",
        fmt::format("neither tcx ({}) nor clsact ({})", std::strerror(facts.tcx.errnum),
                    std::strerror(facts.clsact.errnum)),
        "modprobe -a sch_ingress cls_bpf");
}

Check check_bpffs(const Probe& bpffs) {
    if (bpffs.yes()) return Check::ok("bpffs", "/sys/fs/bpf");
    return Check::warning("bpffs", "not mounted at /sys/fs/bpf: --pin does not work",
                          "mount -t bpf bpf /sys/fs/bpf");
}

Check check_rings(const Probe& rings) {
    if (rings.yes()) return Check::ok("rings", "ring buffers, one for each group of CPUs");
    if (rings.found == Probe::Found::kUnknown) return unknown("rings");
    return Check::failure("rings", fmt::format("no ring buffers: {}", std::strerror(rings.errnum)),
                          "boot Linux 6.1 or later");
}

Check check_programs(const HostFacts& facts) {
    if (facts.loads.yes()) return Check::ok("programs", "load on this kernel");
    if (facts.loads.found == Probe::Found::kUnknown) return unknown("programs");
    return Check::failure("programs", facts.load_error,
                          "boot Linux 6.1 or later, and report this line");
}

}  // namespace

std::vector<Check> check_host(const HostFacts& facts, const std::string& program) {
    return {Check::ok("kernel", facts.release),
            check_capabilities_of(facts, program),
            check_net_raw(facts.net_raw),
            check_btf(facts.btf),
            check_jit(facts.jit),
            check_memlock(facts.memlock_bytes),
            check_tc(facts),
            check_rings(facts.rings),
            check_programs(facts),
            check_bpffs(facts.bpffs)};
}

bool any_fails(const std::vector<Check>& checks) {
    return std::any_of(checks.begin(), checks.end(),
                       [](const Check& c) { return c.verdict == Verdict::kFail; });
}

std::string checks_text(const std::vector<Check>& checks) {
    std::string text;
    for (const Check& check : checks) {
        std::string line =
            fmt::format("{:<8} {}: {}", verdict_name(check.verdict), check.name, check.what);
        if (!check.remedy.empty()) line += "; remedy: " + check.remedy;
        std::replace(line.begin(), line.end(), '\n', ' ');
        text += escape_terminal(line) + "\n";
    }
    return text;
}

std::string checks_json(const std::vector<Check>& checks) {
    using Json = nlohmann::json;
    Json list = Json::array();
    for (const Check& check : checks) {
        std::string verdict = verdict_name(check.verdict);
        std::transform(verdict.begin(), verdict.end(), verdict.begin(), ::tolower);
        list.push_back({{"check", check.name},
                        {"verdict", verdict},
                        {"what", check.what},
                        {"remedy", check.remedy}});
    }
    const Json json{{"ok", !any_fails(checks)}, {"checks", std::move(list)}};
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace peek
