// SPDX-License-Identifier: BSD-2-Clause
// KernelProgram: the BPF object of one monitor, loaded: its maps, its configuration and its
// counters. No folder but this one calls libbpf.
//
// Threads: everything but the const members belongs to the controlling thread. counters() and the
// rings' descriptors may be used from another one.
#pragma once

#include <peek/abi.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kernel/losses.h"
#include "kernel/pin.h"
#include "kernel/scan_load.h"
#include "rules/rule_set.h"
#include "util/result.h"

namespace peek {

// All there are of enum peek_hook.
inline constexpr std::array kHooks{PEEK_HOOK_INGRESS, PEEK_HOOK_EGRESS};

enum class ProgramKind : uint8_t {
    kXdpIngress,
    kTcIngress,
    kTcEgress
};

class KernelProgram {
  public:
    struct Options {
        // Of each ring: a power of two, at least a page. Frames that do not fit into an empty ring
        // are lost, each counted: 1 MiB holds every frame there is (PEEK_MAX_CAPTURE).
        uint32_t ring_bytes = 16U << 20;
        uint32_t rings = 0;  // at most PEEK_MAX_RINGS; 0: by the number of CPUs, see plan_rings()
        ScanRule scan{};     // thresholds; the family is on when RuleSets::scan is set
        std::vector<uint16_t> dns_ports{53};
        // Takes over the maps that are in force there, or pins the new ones. Must outlive the
        // program.
        const PinDirectory* pins = nullptr;
    };

    // Opens, sizes, loads and configures the object. Nothing is attached. Errors name the missing
    // capability, BTF or the verifier's last words.
    static Result<std::unique_ptr<KernelProgram>> load(const Options& options);
    ~KernelProgram();
    KernelProgram(const KernelProgram&) = delete;
    KernelProgram& operator=(const KernelProgram&) = delete;

    // Reserves a counter slot for an interface and tells the programs its link type. Before attach.
    Result<uint32_t> add_interface(uint32_t ifindex, peek_link_type link);
    // The slot that an interface has had since an earlier controller; nothing if it has none.
    std::optional<uint32_t> slot_of(uint32_t ifindex) const;
    // Gives the slot of a forgotten interface, whose counters go on, to the one that took its
    // place.
    void reuse_interface(uint32_t slot, uint32_t ifindex, peek_link_type link);
    // The slot's interface is gone; its counters stay readable.
    void forget_interface(uint32_t slot);

    // Fills the idle bank from `rules` and makes it the active one for every family at once.
    // Returns after the last packet that was judged by the old bank has been: records of an older
    // generation then stand in the ring or are lost, none will follow. On failure the old bank
    // stays active and nothing has changed.
    Result<void> install(const RuleSets& rules);
    // Returns once every packet that was inside one of the programs has left it.
    void wait_for_running_programs() const;
    // Generation of the active bank as the kernel's map shows it.
    uint32_t active_generation() const;

    // Sums of all CPUs.
    peek_counters counters(uint32_t slot, peek_hook hook) const;

    // A look at the clock and at 4,096 sets.
    ScanLoad scan_load() const;

    // Candidates of all interfaces and hooks that found no room in a ring.
    uint64_t lost_in_rings() const;
    // What the kernel decided of those, since the last call. From any one thread: waits for running
    // programs, some 20 ms.
    std::vector<KernelLoss> drain_losses();

    int program_fd(ProgramKind kind) const;
    // The clsact stub and the program array it calls through; see attach.h.
    int stub_fd(peek_hook hook) const;
    int stub_array_fd() const;
    uint32_t ring_count() const;
    int ring_fd(uint32_t ring) const;

    // What has been read of the rings; the consumer's to write. See checkpoint.h.
    peek_checkpoint& checkpoint();
    // For the controller after this one; the controlling thread's to write.
    peek_manifest& manifest();

    // Packet time = (CLOCK_BOOTTIME & mask) + offset. For tests that replay captures.
    void set_clock(uint64_t mask, uint64_t offset_ns);
    // Tells the programs whether the rings' consumer is about to sleep.
    void set_consumer_asleep(bool asleep);

  private:
    struct State;
    explicit KernelProgram(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace peek
