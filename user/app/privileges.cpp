// SPDX-License-Identifier: BSD-2-Clause
#include "app/privileges.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <span>

namespace peek {

namespace {

using Capabilities = std::vector<unsigned>;

constexpr std::array<unsigned, 7> kAttaching{CAP_BPF,         CAP_PERFMON,   CAP_NET_ADMIN,
                                             CAP_NET_RAW,     CAP_SYS_ADMIN, CAP_SYS_PTRACE,
                                             CAP_DAC_OVERRIDE};
constexpr std::array<unsigned, 2> kRunning{CAP_BPF, CAP_NET_ADMIN};

bool permitted(unsigned capability) {
    return capng_have_capability(CAPNG_PERMITTED, capability) != 0;
}

Capabilities held(std::span<const unsigned> wanted) {
    Capabilities list;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(list), permitted);
    return list;
}

// Has exactly these, `latent` ones without effect; nothing is passed on to other programs.
Result<void> have_only(const Capabilities& effective, const Capabilities& latent = {}) {
    // The bounding set is what the kernel asks CAP_SETPCAP for.
    const bool bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
    const capng_select_t what = bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS;
    capng_clear(what);
    for (const unsigned capability : effective)
        capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                     capability);
    for (const unsigned capability : latent) capng_update(CAPNG_ADD, CAPNG_PERMITTED, capability);
    if (capng_apply(what) != 0) return system_error("giving up capabilities", errno);
    return {};
}

bool can(const std::filesystem::path& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

bool can_write_anew(const std::filesystem::path& file) {
    const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
    return can(directory, W_OK | X_OK) && (can(file, W_OK) || errno == ENOENT);
}

bool can_reach_all(const FilesInUse& files) {
    return std::all_of(files.read.begin(), files.read.end(),
                       [](const auto& file) { return can(file, R_OK); }) &&
           std::all_of(files.written.begin(), files.written.end(), can_write_anew);
}

std::string names_of(const Capabilities& capabilities) {
    std::string text;
    for (const unsigned capability : capabilities) {
        std::string name = capng_capability_to_name(capability);
        std::transform(name.begin(), name.end(), name.begin(), ::toupper);
        text += (text.empty() ? "CAP_" : ", CAP_") + name;
    }
    return text.empty() ? "none" : text;
}

}  // namespace

Result<void> keep_what_attaching_needs() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error("no_new_privs", errno);
    if (capng_get_caps_process() != 0) return system_error("reading capabilities", errno);
    return have_only(held(kAttaching));
}

Result<std::string> keep_what_running_needs(const FilesInUse& files) {
    if (capng_get_caps_process() != 0) return system_error("reading capabilities", errno);
    Capabilities kept = held(kRunning);
    // The kernel takes CAP_SYS_ADMIN for CAP_BPF: who was given it in its stead keeps it.
    if (!permitted(CAP_BPF) && permitted(CAP_SYS_ADMIN)) kept.push_back(CAP_SYS_ADMIN);
    const std::array<unsigned, 1> for_files{CAP_DAC_OVERRIDE};
    const Capabilities latent = held(for_files);
    if (auto given_up = have_only(kept, latent); !given_up) return given_up.error();
    if (latent.empty()) return names_of(kept);
    if (!can_reach_all(files)) kept.push_back(CAP_DAC_OVERRIDE);
    if (auto given_up = have_only(kept); !given_up) return given_up.error();
    return names_of(kept);
}

}  // namespace peek
