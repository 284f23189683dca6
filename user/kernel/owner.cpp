// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/owner.h"

#include <bpf/bpf.h>

#include <charconv>
#include <filesystem>
#include <fstream>

#include "util/fd.h"

namespace peek {

namespace {

namespace fs = std::filesystem;

bool has_line(const fs::path& file, std::string_view key, uint32_t id) {
    std::ifstream in(file);
    std::string name;
    uint32_t value = 0;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':')
            continue;
        const char* begin = line.data() + line.find_first_not_of(" \t:", key.size());
        std::from_chars(begin, line.data() + line.size(), value);
        if (value == id) return true;
    }
    return false;
}

bool holds(const fs::path& process, std::string_view key, uint32_t id) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(process / "fdinfo", ec))
        if (has_line(entry.path(), key, id)) return true;
    return false;
}

}  // namespace

std::optional<BpfOwner> find_bpf_owner(std::string_view key, uint32_t id) {
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator("/proc", ec)) {
        const std::string name = entry.path().filename();
        BpfOwner owner;
        const auto [end, error] =
            std::from_chars(name.data(), name.data() + name.size(), owner.pid);
        if (error != std::errc{} || end != name.data() + name.size()) continue;
        if (!holds(entry.path(), key, id)) continue;
        std::ifstream(entry.path() / "comm") >> owner.command;
        return owner;
    }
    return std::nullopt;
}

std::string program_name(uint32_t prog_id) {
    const Fd fd(bpf_prog_get_fd_by_id(prog_id));
    bpf_prog_info info{};
    __u32 size = sizeof info;
    if (!fd || bpf_obj_get_info_by_fd(fd.get(), &info, &size) != 0) return {};
    return info.name;
}

bool is_our_program(uint32_t prog_id) {
    const std::string name = program_name(prog_id);
    if (!name.empty()) return name.starts_with("peek_");
    const auto owner = find_bpf_owner("prog_id", prog_id);
    return owner && owner->command == "peek-xdp";
}

uint32_t program_id(int prog_fd) {
    bpf_prog_info info{};
    __u32 size = sizeof info;
    return bpf_obj_get_info_by_fd(prog_fd, &info, &size) == 0 ? info.id : 0;
}

std::string describe_program(uint32_t prog_id) {
    const std::string name = program_name(prog_id);
    std::string text = (name.empty() ? "a program whose name may not be read" : "program " + name) +
                       " (id " + std::to_string(prog_id);
    if (const auto owner = find_bpf_owner("prog_id", prog_id))
        text += ", pid " + std::to_string(owner->pid) + " " + owner->command;
    return text + ")";
}

}  // namespace peek
