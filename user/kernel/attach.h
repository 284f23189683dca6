// SPDX-License-Identifier: BSD-2-Clause
// Attaching to one interface. What an Attachment holds is detached when it is destroyed, and by
// the kernel when the process dies (on clsact kernels: the filter stays as an empty stub that the
// next attach or detach removes). Programs of others are never replaced or detached.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/interface.h"
#include "kernel/pin.h"
#include "kernel/program.h"
#include "kernel/program_stats.h"
#include "util/result.h"

namespace peek {

enum class AttachMode : uint8_t {
    kAuto,     // native XDP, else tc ingress
    kNative,   // native XDP or nothing
    kTc,       // tc ingress
    kGeneric,  // generic XDP: works everywhere, but can drop packets and disables LRO
};

struct AttachRequest {
    InterfaceInfo interface;
    uint32_t slot = 0;  // of KernelProgram::counters(); the programs know the interface by it
    bool ingress = true;
    bool egress = true;
    AttachMode mode = AttachMode::kAuto;
    bool promiscuous = true;
    // Links that are pinned there for the slot are taken over, with our programs put into them;
    // new ones are pinned. Must outlive the attachment.
    const PinDirectory* pins = nullptr;
};

class Attachment {
  public:
    // All or nothing. Refuses, naming program, id and owner, when our programs or another XDP
    // program are on the interface. `program` must outlive the attachment.
    static Result<std::unique_ptr<Attachment>> attach(KernelProgram& program,
                                                      const AttachRequest& request);
    // Detaches. Packets already inside a program may still reach the ring until
    // KernelProgram::wait_for_running_programs() has returned.
    ~Attachment();
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    const InterfaceInfo& interface() const;
    bool has(peek_hook hook) const;
    // "XDP native", "XDP generic", "tc (tcx)", "tc (clsact)", or "off".
    const std::string& mode(peek_hook hook) const;
    // How, as the manifest keeps it.
    peek_attached attached(peek_hook hook) const;
    // Whether the hooks stay in place, pinned, when the attachment is destroyed. At first: if any
    // of them was taken over.
    void set_stays(bool stays);
    // Of the clsact stub that jumps to our program there, since the kernel counts a run where it
    // begins. An earlier controller's stub cannot be told of without CAP_SYS_ADMIN.
    std::optional<ProgramStats> stub_stats(peek_hook hook) const;
    // Ids of other people's tcx programs that run before ours, the first one first. Without tcx, or
    // where ours is not at tc, none.
    std::vector<uint32_t> programs_in_front(peek_hook hook) const;
    // False once a hook is gone: with its interface, or because somebody else removed it.
    bool alive() const;
    // Why native XDP was refused when it was wanted and tc is used instead; else empty.
    const std::string& fallback_reason() const;

  private:
    struct State;
    explicit Attachment(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Detaches and unpins what a slot still holds: of an interface that went away unseen.
void remove_pinned_hooks(const PinDirectory& pins, uint32_t slot);

}  // namespace peek
