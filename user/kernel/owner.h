// SPDX-License-Identifier: BSD-2-Clause
// Who holds a BPF program or map: the processes whose descriptors refer to it, as /proc shows.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace peek {

struct BpfOwner {
    pid_t pid = 0;
    std::string command;  // comm of the process
};

// `key` is a line of /proc/PID/fdinfo: "prog_id" (programs and links) or "map_id". Finds nothing
// without the right to look into the owner, or when only an attachment keeps the object alive.
std::optional<BpfOwner> find_bpf_owner(std::string_view key, uint32_t id);

// "program xdp_filter (id 12, pid 345 xdp-filter)".
std::string describe_program(uint32_t prog_id);
// The program's name in the kernel, empty when it cannot be read.
std::string program_name(uint32_t prog_id);
// By its name or, where the name cannot be read (that takes CAP_SYS_ADMIN), by its owner's.
bool is_our_program(uint32_t prog_id);
// The id of a program that we hold; 0 when it cannot be told.
uint32_t program_id(int prog_fd);

}  // namespace peek
