// SPDX-License-Identifier: BSD-2-Clause
// MonitoredInterfaces: the interfaces of a monitor as the user asked for them: attached, waited
// for, and followed when they are renamed, set down, moved away or removed.
//
// Threads: everything belongs to the main thread, which changes under lock() what list() holds;
// another thread that reads list() holds lock().
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/live_inspection.h"
#include "app/options.h"
#include "kernel/attach.h"
#include "kernel/link_events.h"
#include "kernel/program.h"

namespace peek {

class MonitoredInterfaces {
  public:
    enum class State : uint8_t {
        kWaiting,   // never seen so far
        kAttached,  //
        kVanished,  // removed from the machine
        kMoved,     // into another network namespace
        kStripped,  // is there, but somebody else removed our programs
        kDetached,  // by `detach`, or at the end
    };
    // Stays in the list for its counters whatever becomes of the interface.
    struct Interface {
        AttachTarget target;
        std::string name;         // as it is called now
        std::string kernel_name;  // differs where the target is an alternative name
        uint32_t ifindex = 0;
        std::optional<uint32_t> slot;  // once it was there
        State state = State::kWaiting;
        bool up = false;
        Nanoseconds missed_since{0};  // not found since, and the kernel said no farewell yet
        std::array<bool, PEEK_HOOK_COUNT> hooks{};
        std::array<std::string, PEEK_HOOK_COUNT> modes{"off", "off"};
        uint64_t drops_at_attach = 0;
        std::string refusal;  // why it could not be attached when it appeared
        Nanoseconds next_try{0};
        std::unique_ptr<Attachment> attachment;  // only while attached
    };

    // The references must outlive it. `pins`: null without --pin.
    MonitoredInterfaces(const AttachOptions& options, KernelProgram& program,
                        LiveInspection& inspection, const PinDirectory* pins);

    // Attaches to all targets, or waits for those that are not there if that was asked for.
    Result<void> attach_all();
    // Looks at what became of them. `farewells`: what the kernel said since the last call.
    void follow(const Farewells& farewells);
    // By the names they have now; all or none.
    Result<void> detach(const std::vector<std::string>& names);
    void detach_all();
    // Pinned hooks stay from now on whatever becomes of this process.
    void stay_attached();

    // False when nothing is attached and nothing is waited for.
    bool any_left() const;
    // What ended the monitoring, when it was not asked to end.
    std::optional<Error> lost() const;

    const std::vector<Interface>& list() const { return list_; }
    std::unique_lock<std::mutex> lock() const { return std::unique_lock(mutex_); }

  private:
    Result<void> attach(Interface& interface, const InterfaceInfo& info);
    Result<uint32_t> slot_for(const Interface& interface, const InterfaceInfo& info);
    void check(Interface& interface, const Farewells& farewells);
    void look_for(Interface& interface, bool alive);
    void leave(Interface& interface, State state);
    void try_to_attach(Interface& interface);
    void drop(Interface& interface);
    void forget_gone() const;
    void recall(Interface& interface) const;
    void note(const Interface& interface) const;
    Interface* attached(const std::string& name);

    AttachOptions options_;
    KernelProgram& program_;
    LiveInspection& inspection_;
    const PinDirectory* pins_;
    bool stays_ = false;
    mutable std::mutex mutex_;
    std::vector<Interface> list_;
};

// "attached", "waiting", "vanished", "moved", "stripped", "detached".
std::string_view state_name(MonitoredInterfaces::State state);

}  // namespace peek
