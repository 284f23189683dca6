// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/pin.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace peek {

namespace {

namespace fs = std::filesystem;

constexpr long kBpfFs = 0xcafe4a11;  // BPF_FS_MAGIC of linux/magic.h
constexpr const char* kStarting = "starting";
constexpr const char* kEnding = "ending";
constexpr std::string_view kVersionPrefix = "abi-";

std::string in_force_name() {
    return std::string(kVersionPrefix) + std::to_string(PEEK_ABI_VERSION);
}

Result<void> check_is_bpffs(const fs::path& path) {
    fs::path parent = path;
    std::error_code ec;
    while (!fs::exists(parent, ec) && parent.has_relative_path()) parent = parent.parent_path();
    struct statfs info {};
    if (::statfs(parent.c_str(), &info) == 0 && static_cast<long>(info.f_type) == kBpfFs) return {};
    const std::string where = path.string().starts_with("/sys/fs/bpf") ? "/sys/fs/bpf" : parent;
    return Error{"--pin " + path.string() + ": " + where +
                 " is no BPF file system; mount one with `mount -t bpf bpf " + where + "`"};
}

std::vector<fs::path> entries(const fs::path& directory) {
    std::vector<fs::path> found;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(directory, ec)) found.push_back(entry.path());
    // Links first: they are what still runs.
    std::stable_partition(found.begin(), found.end(), [](const fs::path& p) {
        return p.filename().string().starts_with("link");
    });
    return found;
}

// Closing the last reference may leave the detaching to a work queue; an explicit one is immediate.
void remove_pin(const fs::path& path) {
    if (path.filename().string().starts_with("link")) {
        const Fd link(bpf_obj_get(path.c_str()));
        if (link) bpf_link_detach(link.get());
    }
    std::error_code ec;
    fs::remove(path, ec);
}

Result<void> remove_tree(const fs::path& directory) {
    for (const fs::path& path : entries(directory)) remove_pin(path);
    if (::rmdir(directory.c_str()) != 0 && errno != ENOENT)
        return system_error("removing " + directory.string(), errno);
    return {};
}

Result<Fd> take_directory(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return system_error("--pin " + path, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
        return Error{"--pin " + path + ": another peek-xdp uses this directory"};
    return fd;
}

}  // namespace

std::string default_pin_directory(const std::string& control) {
    std::string name = control.substr(std::min(control.find_first_not_of('/'), control.size()));
    for (char& c : name)  // the file system allows no dots in names
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-') c = '_';
    return "/sys/fs/bpf/peek-xdp/" + name;
}

uint32_t linked_ifindex(int link_fd) {
    bpf_link_info info{};
    __u32 size = sizeof info;
    // The index stands at the same place for XDP and tcx, which older headers do not know.
    return bpf_obj_get_info_by_fd(link_fd, &info, &size) == 0 ? info.xdp.ifindex : 0;
}

Result<PinDirectory> PinDirectory::open(const std::string& path) {
    if (auto is = check_is_bpffs(path); !is) return is.error();
    std::error_code ec;
    fs::create_directories(path, ec);
    if (ec) return system_error("--pin " + path, ec.value());
    auto lock = take_directory(path);
    if (!lock) return lock.error();
    PinDirectory pins(path, std::move(*lock));
    for (const fs::path& entry : entries(path)) {
        const std::string name = entry.filename();
        if (name == in_force_name())
            pins.in_force_ = true;
        else if (name.starts_with(kVersionPrefix))
            return Error{path + " holds the programs of a peek-xdp with another interface (" +
                         name + ", this one has " + in_force_name() +
                         "); remove them with `peek-xdp detach IFACE --pin=" + path +
                         "`, then attach anew"};
    }
    return pins;
}

std::string PinDirectory::current() const {
    return path_ + "/" + (in_force_ ? in_force_name() : kStarting);
}

Result<void> PinDirectory::begin() {
    for (const char* leftover : {kStarting, kEnding})
        if (auto removed = remove_tree(path_ + "/" + leftover); !removed) return removed;
    if (in_force_) return {};
    std::error_code ec;
    fs::create_directory(current(), ec);
    if (ec) return system_error("--pin " + current(), ec.value());
    return {};
}

Result<void> PinDirectory::pin(int fd, const std::string& name) const {
    const std::string path = current() + "/" + name;
    if (bpf_obj_pin(fd, path.c_str()) != 0) return system_error("pinning " + path, errno);
    return {};
}

Result<void> PinDirectory::put_in_force() {
    if (in_force_) return {};
    const std::string from = current();
    in_force_ = true;
    if (std::rename(from.c_str(), current().c_str()) != 0)
        return system_error("renaming " + from, errno);
    return {};
}

std::optional<Fd> PinDirectory::get(const std::string& name) const {
    Fd fd(bpf_obj_get((current() + "/" + name).c_str()));
    if (!fd) return std::nullopt;
    return fd;
}

void PinDirectory::remove(const std::string& name) const {
    remove_pin(current() + "/" + name);
}

Result<void> PinDirectory::remove_all() {
    // Out of force at once: maps without links, or some of them, are nothing to take over.
    const std::string ending = path_ + "/" + kEnding;
    if (in_force_) std::rename(current().c_str(), ending.c_str());
    in_force_ = false;
    for (const fs::path& entry : entries(path_))
        if (auto removed = remove_tree(entry); !removed) return removed;
    ::rmdir(path_.c_str());
    return {};
}

uint32_t PinnedState::highest_generation() const {
    return std::max(config.banks[0].generation, config.banks[1].generation);
}

Result<PinnedState> read_pinned_state(const PinDirectory& pins) {
    PinnedState state;
    const __u32 key = 0;
    const auto manifest = pins.get("peek_manifest");
    const auto config = pins.get("peek_config");
    if (!manifest || !config || bpf_map_lookup_elem(manifest->get(), &key, &state.manifest) != 0 ||
        bpf_map_lookup_elem(config->get(), &key, &state.config) != 0)
        return Error{pins.path() +
                     ": what is pinned there is not whole; remove it with `peek-xdp detach IFACE " +
                     "--pin=" + pins.path() + "`"};
    return state;
}

bool is_anything_pinned(const std::string& path) {
    const auto found = entries(path);
    return std::any_of(found.begin(), found.end(), [](const fs::path& entry) {
        return entry.filename().string().starts_with(kVersionPrefix);
    });
}

Result<int> remove_pinned_links(const std::string& path, uint32_t ifindex) {
    std::error_code ec;
    if (!fs::is_directory(path, ec)) return 0;
    auto lock = take_directory(path);
    if (!lock) return lock.error();
    int removed = 0;
    int left = 0;
    for (const fs::path& version : entries(path))
        for (const fs::path& entry : entries(version)) {
            if (!entry.filename().string().starts_with("link")) continue;
            const Fd link(bpf_obj_get(entry.c_str()));
            const uint32_t linked = link ? linked_ifindex(link.get()) : 0;
            if (linked == ifindex) {
                remove_pin(entry);
                removed++;
            } else if (linked != 0) {
                left++;
            }
        }
    if (left != 0) return removed;
    for (const fs::path& version : entries(path))
        if (auto gone = remove_tree(version); !gone) return gone.error();
    ::rmdir(path.c_str());
    return removed;
}

}  // namespace peek
