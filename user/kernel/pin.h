// SPDX-License-Identifier: BSD-2-Clause
// PinDirectory: where a monitor's maps, rings and links outlive its process: DIR/abi-VERSION on a
// BPF file system. Everything is pinned under DIR/starting first and put in force by one rename,
// and taken out of force by another, so that a process that is killed on the way leaves either all
// or nothing that counts. One process at a time holds DIR.
#pragma once

#include <peek/abi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/fd.h"
#include "util/result.h"

namespace peek {

// DIR for a monitor with that control socket: /sys/fs/bpf/peek-xdp/NAME.
std::string default_pin_directory(const std::string& control);

class PinDirectory {
  public:
    // Makes DIR where it is missing, and takes it. Errors: no BPF file system there (with the
    // command that mounts one), held by another process, state of another ABI version in it.
    static Result<PinDirectory> open(const std::string& path);

    const std::string& path() const { return path_; }
    // Whether another controller left something to take over.
    bool in_force() const { return in_force_; }

    // For a fresh start: clears what one that was killed while starting left, detaching its links.
    Result<void> begin();
    // Pins it under DIR/starting, or among what is in force.
    Result<void> pin(int fd, const std::string& name) const;
    Result<void> put_in_force();

    // A pinned object; nothing when there is none of that name.
    std::optional<Fd> get(const std::string& name) const;
    void remove(const std::string& name) const;
    // Detaches and removes everything; DIR too.
    Result<void> remove_all();

  private:
    PinDirectory(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
    std::string current() const;

    std::string path_;
    Fd lock_;
    bool in_force_ = false;
};

// What the controller before this one left; only with in_force().
struct PinnedState {
    peek_manifest manifest{};
    peek_config config{};

    uint32_t highest_generation() const;
};
Result<PinnedState> read_pinned_state(const PinDirectory& pins);

// For `detach` when no monitor answers: removes pinned links of the interface, of any ABI version,
// and all else once no link is left. Returns the number of links. Fails while a process holds DIR.
Result<int> remove_pinned_links(const std::string& path, uint32_t ifindex);

// Whether a monitor, of any ABI version, left something in force there.
bool is_anything_pinned(const std::string& path);

// The interface that a link is attached to; 0 when it holds nothing any more.
uint32_t linked_ifindex(int link_fd);

}  // namespace peek
